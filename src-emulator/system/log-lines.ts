/** Kubernetes' own log format (k8s.io/klog): `I1126 05:20:39.962492       1 server.go:219] …`. */
export function klogLine(now: number, severity: 'I' | 'W' | 'E', source: string, message: string): string {
  const [, month = '', day = '', time = ''] =
    /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(now).toISOString()) ?? [];
  return `${severity}${month}${day} ${time}000       1 ${source}] ${message}`;
}

/** etcd's log format: one JSON object a line. */
export function etcdLine(
  now: number,
  caller: string,
  message: string,
  fields: Record<string, unknown>,
): string {
  const ts = `${new Date(now).toISOString().slice(0, -1)}000Z`;
  return JSON.stringify({ level: 'info', ts, caller, msg: message, ...fields });
}
