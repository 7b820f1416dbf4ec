/**
 * The line that points a learner's own terminal at a kubeconfig, for that terminal only: PowerShell's on
 * Windows, a POSIX shell's elsewhere. Quoted, since folders have spaces in their names.
 */
export function kubectlLine(kubeconfigPath: string, platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? `$env:KUBECONFIG = '${kubeconfigPath.replaceAll("'", "''")}'`
    : `export KUBECONFIG='${kubeconfigPath.replaceAll("'", `'\\''`)}'`;
}
