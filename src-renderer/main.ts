import { mount } from './app/mount.ts';
import { connect } from './transport.ts';

mount(connect(), '#app');
