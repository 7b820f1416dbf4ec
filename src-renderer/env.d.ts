/** What a component is to tools that read TypeScript alone; vue-tsc knows more. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent;
  export default component;
}
