import { mount } from '../app/mount.ts';
import { fakeConnection } from './fake-main.ts';
import type { FakeOptions } from './fake-main.ts';

/** The interface on a main in memory. `?language=ko&theme=dark&phase=none&pods=5000` */
const query = new URLSearchParams(location.search);
const language = query.get('language');
const theme = query.get('theme');
const phase = query.get('phase');
const PHASES = ['none', 'creating', 'ready', 'unreachable', 'failed'] as const;

const options: FakeOptions = {
  ...(language === 'en' || language === 'ko' ? { language } : {}),
  ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
  ...(phase === null ? {} : { phase: PHASES.find((one) => one === phase) ?? 'ready' }),
  extraPods: Number(query.get('pods') ?? 0),
};
mount(fakeConnection(options), '#app');
