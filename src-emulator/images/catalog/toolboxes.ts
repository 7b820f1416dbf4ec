import type { Program } from '../types.ts';
import * as basics from '../programs/basics.ts';
import * as files from '../programs/files.ts';
import { curlProgram } from '../programs/curl.ts';
import { shellProgram } from '../shell/sh.ts';

/** The programs of coreutils and their like that every image with a shell has, by name. */
const COMMON: Record<string, Program> = {
  '[': basics.bracket,
  basename: basics.basename,
  cat: files.cat,
  chmod: files.chmod,
  cp: files.cp,
  date: basics.date,
  dirname: basics.dirname,
  echo: basics.echo,
  env: basics.env,
  false: basics.falseProgram,
  hostname: basics.hostname,
  id: basics.id,
  ls: files.ls,
  mkdir: files.mkdir,
  mv: files.mv,
  printenv: basics.printenv,
  printf: basics.printf,
  pwd: basics.pwd,
  rm: files.rm,
  rmdir: files.rmdir,
  seq: basics.seq,
  sleep: basics.sleep,
  tee: files.tee,
  test: basics.test,
  touch: files.touch,
  true: basics.trueProgram,
  uname: basics.uname,
  which: files.which,
  whoami: basics.whoami,
  yes: basics.yes,
};

function under(folder: string, programs: Readonly<Record<string, Program>>): Record<string, Program> {
  return Object.fromEntries(Object.entries(programs).map(([name, each]) => [`${folder}/${name}`, each]));
}

/** `busybox ls` runs what `ls` does. */
function multiCall(applets: Readonly<Record<string, Program>>, version: string): Program {
  return async (context) => {
    const [, name, ...rest] = context.argv;
    if (name === undefined || name === '--help') {
      await context.stdout.write(
        `BusyBox v${version} multi-call binary.\n\nCurrently defined functions:\n\t${Object.keys(applets).sort().join(', ')}\n`,
      );
      return 0;
    }
    if (name in applets) return context.exec([name, ...rest]);
    await context.stderr.write(`${name}: applet not found\n`);
    return 127;
  };
}

/** What busybox has, by path: the base of busybox and Alpine images. */
export function busyboxPrograms(version: string): Record<string, Program> {
  const applets: Record<string, Program> = { ...COMMON, ash: shellProgram('ash'), sh: shellProgram('ash') };
  return under('/bin', { ...applets, busybox: multiCall(applets, version) });
}

/** What a slim Debian image has. */
export function debianPrograms(): Record<string, Program> {
  return { ...under('/usr/bin', COMMON), '/bin/sh': shellProgram('dash'), '/bin/bash': shellProgram('bash') };
}

/** Network tools that images install besides. */
export function networkTools(curlVersion: string): Record<string, Program> {
  return { '/usr/bin/curl': curlProgram(curlVersion) };
}
