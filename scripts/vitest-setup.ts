import { generate } from './generate-openapi.ts';

/** Vitest's global setup: tests find the generated API schemas in place. */
export default async function setup(): Promise<void> {
  await generate();
}
