import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

const at = (path: string): string => resolve(import.meta.dirname, path);

/**
 * Everything is bundled, so that the product starts without reading a thousand files. `electron` is the one
 * module that exists only inside its own program.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: {
          electron: at('src-main/hosts/electron/main.ts'),
          cli: at('src-main/hosts/cli/main.ts'),
          'cluster-process': at('src-emulator/process.ts'),
        },
        // Optional native helpers of ws: it works without them.
        external: ['electron', 'bufferutil', 'utf-8-validate'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('src-main/hosts/electron/preload.ts') },
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    plugins: [vue()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      // Fonts are files: the page's Content-Security-Policy refuses data: URLs.
      assetsInlineLimit: 0,
      // Chromium of the current Electron, and the browsers of the last two years.
      target: 'es2023',
      rolldownOptions: { input: at('src-renderer/index.html') },
    },
  },
});
