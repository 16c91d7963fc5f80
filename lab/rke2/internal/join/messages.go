package join

// Paths of the supervisor.
const (
	PathCA         = "/cacerts"
	PathPing       = "/ping"
	PathReady      = "/v1-rke2/readyz"
	PathAgent      = "/v1-rke2/agent"
	PathServers    = "/v1-rke2/apiservers"
	PathBootstrap  = "/v1-rke2/server-bootstrap"
	PathMembers    = "/db/info"
	PathSnapshot   = "/db/snapshot"
	PathNewToken   = "/v1-rke2/token"
	PathRotateCert = "/v1-rke2/cert"
)

// AgentRequest asks for a node's certificates. Password proves that a name is still used by the node that took it.
type AgentRequest struct {
	Node      string   `json:"node"`
	Password  string   `json:"password"`
	Addresses []string `json:"addresses"`
}

// AgentAnswer is what a node needs: files by their name below the agent's folder, and the cluster's settings.
type AgentAnswer struct {
	Files   map[string][]byte `json:"files"`
	Cluster Cluster           `json:"cluster"`
	Servers []string          `json:"servers"`
}

// Cluster holds the settings that must be the same on all nodes.
type Cluster struct {
	ClusterCIDR      string `json:"clusterCIDR"`
	ServiceCIDR      string `json:"serviceCIDR"`
	ClusterDNS       string `json:"clusterDNS"`
	ClusterDomain    string `json:"clusterDomain"`
	CNI              string `json:"cni"`
	DisableKubeProxy bool   `json:"disableKubeProxy"`
	AgentToken       string `json:"agentToken,omitempty"`
}

// Bootstrap is what a joining server gets: files by their name below the server's folder.
type Bootstrap struct {
	Files   map[string][]byte `json:"files"`
	Cluster Cluster           `json:"cluster"`
}

// Member is one etcd member.
type Member struct {
	ID         uint64   `json:"id"`
	Name       string   `json:"name"`
	PeerURLs   []string `json:"peerURLs"`
	ClientURLs []string `json:"clientURLs"`
	Learner    bool     `json:"learner"`
}

// SnapshotRequest saves, lists, deletes or prunes snapshots.
type SnapshotRequest struct {
	Operation string   `json:"operation"`
	Names     []string `json:"names"`
	Retention int      `json:"retention"`
	Compress  bool     `json:"compress"`
	Dir       string   `json:"dir"`
}
