/** Roles of kube-system and kube-public, in the notation of `rules.ts`. */

/** Those that the API server keeps up. */
export const NAMESPACED_ROLES: Record<string, string> = {
  'kube-public/system:controller:bootstrap-signer': `
    get,list,watch core configmaps
    update core configmaps cluster-info
    create,patch,update core,events.k8s.io events
  `,
  'kube-system/extension-apiserver-authentication-reader': `
    get,list,watch core configmaps extension-apiserver-authentication
  `,
  'kube-system/system::leader-locking-kube-controller-manager': `
    watch core configmaps
    get,update core configmaps kube-controller-manager
    create,get,list,update,watch coordination.k8s.io leases
    create,get,list,update,watch coordination.k8s.io leasecandidates
  `,
  'kube-system/system::leader-locking-kube-scheduler': `
    watch core configmaps
    get,update core configmaps kube-scheduler
    create,get,list,update,watch coordination.k8s.io leases
    create,get,list,update,watch coordination.k8s.io leasecandidates
  `,
  'kube-system/system:controller:bootstrap-signer': `
    get,list,watch core secrets
  `,
  'kube-system/system:controller:cloud-provider': `
    create,get,list,watch core configmaps
  `,
  'kube-system/system:controller:token-cleaner': `
    delete,get,list,watch core secrets
    create,patch,update core,events.k8s.io events
  `,
};

/** Those that kubeadm adds. */
export const KUBEADM_ROLES: Record<string, string> = {
  'kube-public/kubeadm:bootstrap-signer-clusterinfo': 'get core configmaps cluster-info',
  'kube-system/kube-proxy': 'get core configmaps kube-proxy',
  'kube-system/kubeadm:kubelet-config': 'get core configmaps kubelet-config',
  'kube-system/kubeadm:nodes-kubeadm-config': 'get core configmaps kubeadm-config',
};

export const KUBEADM_CLUSTER_ROLES: Record<string, string> = {
  'kubeadm:get-nodes': 'get core nodes',
  'system:coredns': `
    list,watch core endpoints,services,pods,namespaces
    list,watch discovery.k8s.io endpointslices
  `,
};
