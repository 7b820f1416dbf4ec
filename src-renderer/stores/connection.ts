import { inject } from 'vue';
import type { InjectionKey } from 'vue';
import type { Connection, Main } from '../transport.ts';

export const connectionKey: InjectionKey<Connection> = Symbol('connection');

/** The connection that the app was mounted with. Works in components and in stores. */
export function useConnection(): Connection {
  const connection = inject(connectionKey);
  if (connection === undefined) throw new Error('The app was mounted without a connection.');
  return connection;
}

export function useMain(): Main {
  return useConnection().main;
}
