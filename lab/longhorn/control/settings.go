package control

import (
	"context"
	"strings"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	"github.com/longhorn/longhorn-manager/types"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/yaml"
)

const (
	defaultsMap     = "longhorn-default-setting"
	defaultsKey     = "default-setting.yaml"
	defaultsVersion = "longhorn.io/configmap-resource-version"
)

// settingReconciler says of each setting whether its value is one that Longhorn takes.
type settingReconciler struct{ base }

// defaultsReconciler makes the settings and brings in what the ConfigMap asks for, once for each of its versions.
type defaultsReconciler struct{ base }

func setupSettings(mgr ctrl.Manager, shared base) error {
	err := ctrl.NewControllerManagedBy(mgr).Named("setting").For(&longhorn.Setting{}).Complete(&settingReconciler{shared})
	if err != nil {
		return err
	}
	defaults := &defaultsReconciler{shared}
	// Without a ConfigMap there is no event, and the settings are wanted all the same.
	first := manager.RunnableFunc(func(ctx context.Context) error {
		_, err := defaults.Reconcile(ctx, ctrl.Request{})
		return err
	})
	if err := mgr.Add(first); err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(mgr).Named("defaults").
		Watches(&corev1.ConfigMap{}, &handler.EnqueueRequestForObject{}, builder.WithPredicates(shared.named(defaultsMap))).
		Complete(defaults)
}

func (b base) named(name string) predicate.Predicate {
	return predicate.NewPredicateFuncs(func(object client.Object) bool {
		return object.GetName() == name && object.GetNamespace() == b.Namespace
	})
}

// Reconcile checks one setting against upstream's definition of it. Upstream refuses a wrong value in a webhook; here it
// stays, not applied.
func (r *settingReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	setting := &longhorn.Setting{}
	if err := r.Get(ctx, request.NamespacedName, setting); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before := setting.DeepCopy()
	setting.Status.Applied = Accepts(setting.Name, setting.Value)
	if before.Status.Applied == setting.Status.Applied {
		return ctrl.Result{}, nil
	}
	return ctrl.Result{}, r.Status().Patch(ctx, setting, client.MergeFrom(before))
}

// Accepts tells whether upstream knows this setting and takes this value; an empty value is always taken.
func Accepts(name, value string) bool {
	definition, known := types.GetSettingDefinition(types.SettingName(name))
	if !known {
		return false
	}
	if value == "" {
		return !definition.Required
	}
	return types.ValidateSetting(name, value) == nil
}

// Reconcile creates the settings that are missing and sets those that a new ConfigMap names.
func (r *defaultsReconciler) Reconcile(ctx context.Context, _ ctrl.Request) (ctrl.Result, error) {
	config := &corev1.ConfigMap{}
	err := r.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: defaultsMap}, config)
	if client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, err
	}
	wanted, err := Defaults(config.Data[defaultsKey])
	if err != nil {
		return ctrl.Result{}, err
	}
	for _, name := range types.SettingNameList {
		if types.IsSettingReplaced(name) {
			continue
		}
		value, asked := wanted[string(name)]
		if err := r.setting(ctx, string(name), value, asked, config.ResourceVersion); err != nil {
			return ctrl.Result{}, err
		}
	}
	return ctrl.Result{}, nil
}

func (r *defaultsReconciler) setting(ctx context.Context, name, value string, asked bool, version string) error {
	setting := &longhorn.Setting{}
	err := r.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: name}, setting)
	if apierrors.IsNotFound(err) {
		setting.Namespace, setting.Name = r.Namespace, name
		setting.Annotations = map[string]string{defaultsVersion: version}
		definition, _ := types.GetSettingDefinition(types.SettingName(name))
		if setting.Value = definition.Default; asked {
			setting.Value = value
		} else if own, has := r.ownSettings()[types.SettingName(name)]; has {
			setting.Value = own
		}
		// The first round and the one for the ConfigMap may meet here.
		if err := r.Create(ctx, setting); !apierrors.IsAlreadyExists(err) {
			return err
		}
		return nil
	}
	if err != nil || !asked || setting.Annotations[defaultsVersion] == version {
		return err
	}
	if setting.Annotations == nil {
		setting.Annotations = map[string]string{}
	}
	setting.Annotations[defaultsVersion], setting.Value = version, value
	return r.Update(ctx, setting)
}

// ownSettings are those that upstream's manager fills in by itself.
func (c Config) ownSettings() map[types.SettingName]string {
	return map[types.SettingName]string{
		types.SettingNameCRDAPIVersion:                   longhorn.SchemeGroupVersion.String(),
		types.SettingNameCurrentLonghornVersion:          c.Version,
		types.SettingNameDefaultEngineImage:              c.EngineImage,
		types.SettingNameDefaultInstanceManagerImage:     c.InstanceImage,
		types.SettingNameDefaultBackingImageManagerImage: "longhornio/backing-image-manager:" + c.Version,
		types.SettingNameSupportBundleManagerImage:       "longhornio/support-bundle-kit:v0.0.92",
	}
}

// Defaults reads the ConfigMap's text: setting names and values, empty ones left out, unknown or wrong ones too, as
// upstream does without a word.
func Defaults(text string) (map[string]string, error) {
	raw := map[string]string{}
	if err := yaml.Unmarshal([]byte(text), &raw); err != nil {
		return nil, err
	}
	for name, value := range raw {
		if raw[name] = strings.TrimSpace(value); raw[name] == "" || !Accepts(name, raw[name]) {
			delete(raw, name)
		}
	}
	return raw, nil
}
