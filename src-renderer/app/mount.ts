import { createPinia } from 'pinia';
import { createApp } from 'vue';
import type { App as VueApp } from 'vue';
import '@fontsource-variable/jetbrains-mono/wght.css';
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css';
import '@xterm/xterm/css/xterm.css';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/prose.css';
import { i18n } from '../locales/index.ts';
import { connectionKey } from '../stores/connection.ts';
import type { Connection } from '../transport.ts';
import App from './App.vue';

/** Puts the whole interface, speaking to `connection`, into the element that `selector` finds. */
export function mount(connection: Connection, selector: string): VueApp {
  const app = createApp(App);
  app.provide(connectionKey, connection);
  app.use(createPinia());
  app.use(i18n);
  app.mount(selector);
  return app;
}
