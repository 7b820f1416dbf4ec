/** Where the generator of API schemas finds what it works from. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const LIBRARY = path.join(ROOT, 'node_modules/@kubernetes/client-node');
export const LIBRARY_MODELS = path.join(LIBRARY, 'dist/gen/models');
/** Written by `scripts/record-schemas.ts`. */
export const RECORDED_SCHEMAS = path.join(ROOT, 'src-emulator/api/schema/overlay/recorded-schemas.json');
