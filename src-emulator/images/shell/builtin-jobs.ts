import { untilAborted } from '../descriptors.ts';
import { SIGNALS } from '../process.ts';
import type { Builtin } from './builtin.ts';
import type { Job, Shell } from './interpreter.ts';

/** The builtins about background jobs and signals. */

export const jobs: Builtin = async (shell) => {
  await shell.out(shell.jobs.map((job) => describeJob(shell, job)).join(''));
  forgetEnded(shell);
  return 0;
};

/** Tells of the jobs that have ended since the last prompt, once. */
export async function reportEndedJobs(shell: Shell): Promise<void> {
  const ended = shell.jobs.filter((job) => job.status !== undefined);
  if (ended.length === 0) return;
  await shell.context.stderr.write(ended.map((job) => describeJob(shell, job)).join(''));
  forgetEnded(shell);
}

function describeJob(shell: Shell, job: Job): string {
  const index = shell.jobs.indexOf(job);
  const mark = index === shell.jobs.length - 1 ? '+' : '-';
  return `[${index + 1}]${mark}  ${stateOf(job).padEnd(24)}${job.command}\n`;
}

function stateOf({ status }: Job): string {
  if (status === undefined) return 'Running';
  if (status.signal === 'SIGKILL') return 'Killed';
  if (status.signal !== undefined) return 'Terminated';
  return status.code === 0 ? 'Done' : `Done(${status.code})`;
}

function forgetEnded(shell: Shell): void {
  const running = shell.jobs.filter((job) => job.status === undefined);
  shell.jobs.splice(0, shell.jobs.length, ...running);
}

export const wait: Builtin = async (shell, args) => {
  const wanted =
    args.length === 0 ? shell.jobs : shell.jobs.filter((job) => args.includes(String(job.process.pid)));
  if (args.length > 0 && wanted.length === 0) return 127;
  let status = 0;
  for (const job of [...wanted]) {
    status = (await untilAborted(job.process.exit, shell.context.ended)).code;
    shell.jobs.splice(shell.jobs.indexOf(job), 1);
  }
  return args.length === 0 ? 0 : status;
};

export const kill: Builtin = async (shell, args) => {
  if (args[0] === '-l') {
    await shell.out(`${SIGNALS.map(([name]) => name.slice(3)).join('\n')}\n`);
    return 0;
  }
  // `%1` names a job; the program knows process numbers only.
  const resolved = args.map((arg) =>
    /^%\d+$/.test(arg) ? String(shell.jobs[Number(arg.slice(1)) - 1]?.process.pid ?? arg) : arg,
  );
  const [first = ''] = resolved;
  const named = /^-(?:s$|n$)/.test(first) ? resolved[1] : /^-(\w+)$/.exec(first)?.[1];
  const wanted = (named ?? 'TERM').toUpperCase().replace(/^SIG/, '');
  const pids = resolved.slice(named === undefined ? 0 : /^-[sn]$/.test(first) ? 2 : 1);
  const signal = SIGNALS.find(([name, number]) => name === `SIG${wanted}` || String(number) === wanted)?.[0];
  if (signal === undefined && wanted !== '0') {
    await shell.complain(`kill: ${named ?? ''}: invalid signal specification`);
    return 1;
  }
  let status = 0;
  for (const pid of pids) {
    const process = shell.context.processes().find((each) => String(each.pid) === pid);
    if (process === undefined) {
      await shell.complain(
        {
          ash: `kill: can't kill pid ${pid}: No such process`,
          bash: `kill: (${pid}) - No such process`,
          dash: 'kill: No such process\n',
        }[shell.dialect],
      );
      status = 1;
    } else if (signal !== undefined) process.signal(signal);
  }
  return status;
};

export const trap: Builtin = (shell, args) => {
  const [action = '', ...names] = args;
  for (const name of names) {
    const key = name.toUpperCase().replace(/^SIG/, '');
    const signal = SIGNALS.find(([each, number]) => each === `SIG${key}` || String(number) === key)?.[0];
    if (action === '-') shell.traps.delete(key);
    else shell.traps.set(key === '0' ? 'EXIT' : key, action);
    if (signal !== undefined && signal !== 'SIGKILL' && action !== '-')
      shell.context.onSignal(signal, () => shell.pendingTraps.push(key));
  }
  return Promise.resolve(0);
};
