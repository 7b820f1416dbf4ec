import type { Clock, Timer } from '../clock.ts';
import type { NetworkStack, SocketAddress, UdpSocket, VirtualSocket } from '../network/types.ts';

/** Settles when the first of the two aborts; `own` alone when there is no other. */
function either(own: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? own : AbortSignal.any([own, other]);
}

/** A clock whose timers end with the process that set them. */
export function processClock(clock: Clock, ended: AbortSignal): Clock {
  const timers = new Set<Timer>();
  ended.addEventListener('abort', () => {
    for (const timer of timers) timer.cancel();
    timers.clear();
  });
  return {
    now: () => clock.now(),
    setTimeout(callback, ms) {
      if (ended.aborted) return { cancel: () => undefined };
      const timer = clock.setTimeout(() => {
        timers.delete(timer);
        callback();
      }, ms);
      timers.add(timer);
      return {
        cancel: () => {
          timer.cancel();
          timers.delete(timer);
        },
      };
    },
    sleep: (ms, signal) => clock.sleep(ms, either(ended, signal)),
  };
}

/** A network stack whose sockets are closed with the process that opened them, as the kernel does. */
export function processNetwork(stack: NetworkStack, ended: AbortSignal): NetworkStack {
  const listeners = new Set<Disposable>();
  const sockets = new Set<VirtualSocket>();
  const udpSockets = new Set<UdpSocket>();
  ended.addEventListener('abort', () => {
    for (const listener of listeners) listener[Symbol.dispose]();
    for (const socket of sockets) socket.destroy();
    for (const socket of udpSockets) socket.close();
  });

  function track(socket: VirtualSocket): VirtualSocket {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (ended.aborted) socket.destroy();
    return socket;
  }

  return {
    kind: stack.kind,
    nodeName: stack.nodeName,
    address: stack.address,
    listen(port, onConnection, address) {
      ended.throwIfAborted();
      const listener = stack.listen(port, (socket) => onConnection(track(socket)), address);
      listeners.add(listener);
      return {
        [Symbol.dispose]: () => {
          listeners.delete(listener);
          listener[Symbol.dispose]();
        },
      };
    },
    async connect(to: SocketAddress, options = {}) {
      return track(await stack.connect(to, { ...options, signal: either(ended, options.signal) }));
    },
    bindUdp(port) {
      ended.throwIfAborted();
      const socket = stack.bindUdp(port);
      udpSockets.add(socket);
      return {
        localPort: socket.localPort,
        send: (data, to) => socket.send(data, to),
        onMessage: (handler) => socket.onMessage(handler),
        onRefused: (handler) => socket.onRefused(handler),
        close: () => {
          udpSockets.delete(socket);
          socket.close();
        },
      };
    },
    ping: (address, options) => stack.ping(address, { ...options, signal: either(ended, options.signal) }),
    listeners: () => stack.listeners(),
    udpPorts: () => stack.udpPorts(),
    kernel: stack.kernel,
    close: () => stack.close(),
  };
}
