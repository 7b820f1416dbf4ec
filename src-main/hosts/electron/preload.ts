/**
 * Runs in the sandbox beside the page, in a world of its own. It makes one message channel, gives one end to
 * main and the other to the page, and exposes nothing.
 */
import { ipcRenderer } from 'electron';
import { PORT_CHANNEL } from './channels.ts';

// The page's module scripts have run by then: whoever waits for the port is listening.
window.addEventListener('DOMContentLoaded', () => {
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port1]);
  window.postMessage({ type: PORT_CHANNEL }, location.origin, [port2]);
});
