package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
)

// lookEvery is how often the manifests folder is looked at: often enough for a person who waits.
const lookEvery = 5 * time.Second

func (s *Server) manifestsFolder() string { return s.Data.Path("server", "manifests") }

// writeBuiltIn renders this version's own manifests into the manifests folder, but for those the user disabled.
func (s *Server) writeBuiltIn() error {
	entries, err := os.ReadDir(s.Charts)
	if err != nil {
		return err
	}
	values := strings.NewReplacer(
		"${CLUSTER_DNS}", s.Config.ClusterDNS(), "${CLUSTER_DOMAIN}", s.Config.Text("cluster-domain"), "${DNS_FORWARD}", dnsForward(),
	)
	for _, entry := range entries {
		target := filepath.Join(s.manifestsFolder(), entry.Name())
		if s.disabled(strings.TrimSuffix(entry.Name(), ".yaml")) {
			_ = os.Remove(target) // was never written: nothing to do
			continue
		}
		text, err := os.ReadFile(filepath.Join(s.Charts, entry.Name()))
		if err != nil {
			return err
		}
		if err := layout.Write(target, []byte(values.Replace(string(text))), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) disabled(name string) bool {
	if strings.HasPrefix(name, "rke2-multus") && !s.Config.HasMultus() {
		return true
	}
	for _, item := range s.Config.List("disable") {
		if item == name {
			return true
		}
	}
	_, err := os.Stat(filepath.Join(s.manifestsFolder(), name+".yaml.skip"))
	return err == nil
}

// dnsForward returns the Corefile's line for names outside the cluster. CoreDNS refuses to start on a node that knows
// no name server, as the nodes of an air-gapped rack may.
func dnsForward() string {
	for _, line := range strings.Split(layout.ReadText("/etc/resolv.conf"), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "nameserver") {
			return "forward . /etc/resolv.conf"
		}
	}
	return "# no name server on this node"
}

// keepManifests applies every file of the manifests folder, and again when it changes. What fails is tried again.
func (s *Server) keepManifests(ctx context.Context) {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(s.rest)))
	done, said := map[string]string{}, map[string]string{}
	for {
		for _, path := range manifestFiles(s.manifestsFolder()) {
			info, err := os.Stat(path)
			if err != nil {
				continue
			}
			look := fmt.Sprint(info.Size(), info.ModTime().UnixNano())
			if done[path] == look {
				continue
			}
			if err := s.applyFile(ctx, mapper, path); err != nil {
				mapper.Reset()
				if said[path] != err.Error() {
					logx.Error("Failed to process config: failed to process %s: %v", path, err)
					said[path] = err.Error()
				}
				continue
			}
			logx.Info("Applied manifest at %q", path)
			done[path] = look
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookEvery):
		}
	}
}

func manifestFiles(folder string) []string {
	var files []string
	_ = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return nil
		}
		_, skipped := os.Stat(path + ".skip")
		if ending := filepath.Ext(path); (ending == ".yaml" || ending == ".yml" || ending == ".json") && skipped != nil {
			files = append(files, path)
		}
		return nil
	})
	sort.Strings(files)
	return files
}

func (s *Server) applyFile(ctx context.Context, mapper meta.RESTMapper, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	objects, err := decode(content)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := s.applyObject(ctx, mapper, object); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// decode returns the objects of a file, definitions and namespaces first.
func decode(content []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := documents.Decode(object)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
	rank := map[string]int{"CustomResourceDefinition": -2, "Namespace": -1}
	sort.SliceStable(objects, func(i, j int) bool { return rank[objects[i].GetKind()] < rank[objects[j].GetKind()] })
	return objects, nil
}

func (s *Server) applyObject(ctx context.Context, mapper meta.RESTMapper, object *unstructured.Unstructured) error {
	kind := object.GroupVersionKind()
	mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var resource dynamic.ResourceInterface = s.dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		namespace := object.GetNamespace()
		if namespace == "" {
			namespace = "default"
		}
		resource = s.dynamic.Resource(mapping.Resource).Namespace(namespace)
	}
	_, err = resource.Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: "deploy@" + s.Node, Force: true})
	return err
}
