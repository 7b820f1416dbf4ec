/**
 * The renderer's Content Security Policy, for both hosts. Nothing is loaded from the net, no script but the
 * app's own runs, and there is no `eval`. Styles may be inline: the terminal and the editor make `<style>`
 * elements for the colours and sizes that they compute.
 * @param connect further sources that the page may connect to
 */
export function contentSecurityPolicy(connect: readonly string[] = []): string {
  return Object.entries({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...connect],
    'worker-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  })
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}
