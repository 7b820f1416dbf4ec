/**
 * Who has which role from the start. A line says the role, then who has it: `user:`, `group:` or `sa:` and a
 * name; ServiceAccounts are those of kube-system. A binding has the name of its role, or that in front of `=`.
 */

/** ClusterRoleBindings that the API server keeps up. Those of the controllers follow from their roles. */
export const CLUSTER_ROLE_BINDINGS_OF_SERVER = `
  cluster-admin group:system:masters
  system:basic-user group:system:authenticated
  system:discovery group:system:authenticated
  system:kube-controller-manager user:system:kube-controller-manager
  system:kube-dns sa:kube-dns
  system:kube-scheduler user:system:kube-scheduler
  system:monitoring group:system:monitoring
  system:node
  system:node-proxier user:system:kube-proxy
  system:public-info-viewer group:system:authenticated group:system:unauthenticated
  system:service-account-issuer-discovery group:system:serviceaccounts
  system:volume-scheduler user:system:kube-scheduler
`;

/** ClusterRoleBindings that kubeadm adds. */
export const CLUSTER_ROLE_BINDINGS_OF_KUBEADM = `
  kubeadm:cluster-admins=cluster-admin group:kubeadm:cluster-admins
  kubeadm:get-nodes group:system:bootstrappers:kubeadm:default-node-token
  kubeadm:kubelet-bootstrap=system:node-bootstrapper group:system:bootstrappers:kubeadm:default-node-token
  kubeadm:node-autoapprove-bootstrap=system:certificates.k8s.io:certificatesigningrequests:nodeclient group:system:bootstrappers:kubeadm:default-node-token
  kubeadm:node-autoapprove-certificate-rotation=system:certificates.k8s.io:certificatesigningrequests:selfnodeclient group:system:nodes
  kubeadm:node-proxier=system:node-proxier sa:kube-proxy
  system:coredns sa:coredns
`;

/** RoleBindings that the API server keeps up. */
export const ROLE_BINDINGS_OF_SERVER = `
  kube-public/system:controller:bootstrap-signer sa:bootstrap-signer
  kube-system/system::extension-apiserver-authentication-reader=extension-apiserver-authentication-reader user:system:kube-controller-manager user:system:kube-scheduler
  kube-system/system::leader-locking-kube-controller-manager user:system:kube-controller-manager sa:kube-controller-manager sa:leader-election-controller
  kube-system/system::leader-locking-kube-scheduler user:system:kube-scheduler sa:kube-scheduler
  kube-system/system:controller:bootstrap-signer sa:bootstrap-signer
  kube-system/system:controller:cloud-provider sa:cloud-provider
  kube-system/system:controller:token-cleaner sa:token-cleaner
`;

/** RoleBindings that kubeadm adds. */
export const ROLE_BINDINGS_OF_KUBEADM = `
  kube-public/kubeadm:bootstrap-signer-clusterinfo user:system:anonymous
  kube-system/kube-proxy group:system:bootstrappers:kubeadm:default-node-token
  kube-system/kubeadm:kubelet-config group:system:nodes group:system:bootstrappers:kubeadm:default-node-token
  kube-system/kubeadm:nodes-kubeadm-config group:system:bootstrappers:kubeadm:default-node-token group:system:nodes
`;
