/** `npm run conformance:page`: writes docs/emulated-and-real.md from the exceptions of the conformance suite. */
import { writeFileSync } from 'node:fs';
import { EXCEPTIONS } from '../src-emulator/conformance/exceptions.ts';
import { PENDING } from '../src-emulator/conformance/suite/pending.ts';
import { exceptionsPage } from '../src-emulator/conformance/suite/exceptions-page.ts';

writeFileSync(new URL('../docs/emulated-and-real.md', import.meta.url), exceptionsPage(EXCEPTIONS, PENDING));
