import { trustedCertificates } from '../../outside/authority.ts';
import type { Program } from '../types.ts';
import { awk } from '../programs/awk.ts';
import * as basics from '../programs/basics.ts';
import { chroot } from '../programs/chroot.ts';
import * as columns from '../programs/columns.ts';
import { expr } from '../programs/expr.ts';
import * as files from '../programs/files.ts';
import { curlProgram } from '../programs/curl.ts';
import { base64, md5sum, sha256sum } from '../programs/digests.ts';
import { dig } from '../programs/dig.ts';
import { find } from '../programs/find.ts';
import { getent } from '../programs/getent.ts';
import { host } from '../programs/host.ts';
import { conntrack, iptables, iptablesSave } from '../programs/iptables.ts';
import * as interfaces from '../programs/interfaces.ts';
import { jq } from '../programs/jq.ts';
import { nc } from '../programs/nc.ts';
import { bindNslookup, busyboxNslookup } from '../programs/nslookup.ts';
import { less, more } from '../programs/pager.ts';
import { openssl } from '../programs/openssl.ts';
import * as paths from '../programs/paths.ts';
import { ping } from '../programs/ping.ts';
import * as processes from '../programs/processes.ts';
import * as screen from '../programs/screen.ts';
import { sed } from '../programs/sed.ts';
import { tar } from '../programs/tar.ts';
import { telnet } from '../programs/telnet.ts';
import * as text from '../programs/text.ts';
import { wget } from '../programs/wget.ts';
import { shellProgram } from '../shell/sh.ts';

/** The programs of coreutils and their like that every image with a shell has, by name. */
const COMMON: Record<string, Program> = {
  '[': basics.bracket,
  awk,
  base64,
  basename: basics.basename,
  cat: files.cat,
  chmod: files.chmod,
  chroot,
  clear: screen.clear,
  cmp: columns.cmp,
  comm: columns.comm,
  cp: files.cp,
  cut: text.cut,
  date: basics.date,
  diff: columns.diff,
  dirname: basics.dirname,
  echo: basics.echo,
  env: basics.env,
  expr,
  false: basics.falseProgram,
  find,
  fold: columns.fold,
  getent,
  grep: text.grep,
  head: text.head,
  hostname: basics.hostname,
  id: basics.id,
  kill: processes.kill,
  ln: paths.ln,
  ls: files.ls,
  md5sum,
  mkdir: files.mkdir,
  mktemp: paths.mktemp,
  more,
  mv: files.mv,
  nl: columns.nl,
  nproc: basics.nproc,
  paste: columns.paste,
  printenv: basics.printenv,
  printf: basics.printf,
  pwd: basics.pwd,
  readlink: paths.readlink,
  realpath: paths.realpath,
  rev: columns.rev,
  rm: files.rm,
  rmdir: files.rmdir,
  sed,
  seq: basics.seq,
  sha256sum,
  sleep: basics.sleep,
  sort: text.sort,
  stat: paths.stat,
  stty: screen.stty,
  tac: columns.tac,
  tail: text.tail,
  tar,
  tee: files.tee,
  test: basics.test,
  timeout: processes.timeout,
  touch: files.touch,
  tr: text.tr,
  true: basics.trueProgram,
  tty: screen.tty,
  uname: basics.uname,
  uniq: text.uniq,
  uptime: processes.uptime,
  watch: screen.watch,
  wc: text.wc,
  which: files.which,
  whoami: basics.whoami,
  xargs: text.xargs,
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
  const applets: Record<string, Program> = {
    ...COMMON,
    ash: shellProgram('ash'),
    ip: interfaces.ip,
    less,
    nc,
    netstat: interfaces.netstat,
    nslookup: busyboxNslookup,
    ping,
    ps: processes.ps,
    sh: shellProgram('ash'),
    telnet,
    time: processes.time,
    wget,
  };
  return under('/bin', { ...applets, busybox: multiCall(applets, version) });
}

/** What a slim Debian image has. */
export function debianPrograms(): Record<string, Program> {
  return { ...under('/usr/bin', COMMON), '/bin/sh': shellProgram('dash'), '/bin/bash': shellProgram('bash') };
}

/** The file of the package ca-certificates: what programs trust. */
export function caCertificates(): Record<string, string> {
  return { '/etc/ssl/certs/ca-certificates.crt': trustedCertificates() };
}

/** curl, as an image has it. */
export function curlTool(version: string): Record<string, Program> {
  return { '/usr/bin/curl': curlProgram(version) };
}

/** The network tools of test images: BIND's, OpenBSD's netcat, iproute2's. */
export function networkTools(curlVersion: string): Record<string, Program> {
  return {
    ...curlTool(curlVersion),
    ...under('/usr/bin', { dig, host, nc, nslookup: bindNslookup, openssl, jq }),
    '/bin/ping': ping,
    '/bin/ps': processes.ps,
    '/sbin/ip': interfaces.ip,
    '/usr/sbin/ss': interfaces.ss,
    '/bin/netstat': interfaces.netstat,
    ...under('/usr/sbin', { conntrack, iptables, 'iptables-save': iptablesSave }),
  };
}

/** What the machine under a kubelet has: a Debian with network tools, as kind's node image is one. */
export function nodePrograms(): Record<string, Program> {
  return { ...debianPrograms(), ...networkTools('7.88.1') };
}
