import { Command } from 'commander';
import type { Clock } from '#emulator/clock.ts';
import { CAPABILITIES, type ClusterCapabilities, type Reach } from '#shared/cluster.ts';
import { labJsonSchemaText } from '#shared/lab-format.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { ProgressFiles } from '../../app/progress-files.ts';
import { FINDINGS, findingsOf } from '../../checks/findings.ts';
import { verifyLab, type LabProof } from '../../grading/verify.ts';
import { startVirtualCluster } from '../../grading/virtual-cluster.ts';
import type { KubeClient } from '../../kube/client.ts';
import { systemClock } from '../../kube/time.ts';
import { labContent, labSummary } from '../../labs/content.ts';
import type { Lab } from '../../labs/lab.ts';
import { unmetRequirements } from '../../labs/requirements.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { connect, pickLab, placedOn, readLabs, withCluster, type ClusterChoice } from './lab-session.ts';
import { command, sayProblem, table } from './output.ts';

/** `switchyard labs list|show|verify|findings|schema`. */
export function labsCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  const { locale, out } = context;

  const list = command('list', 'list the labs').action(async ({ json }: { json?: boolean }) => {
    const library = await readLabs(context);
    const progress = new ProgressFiles(context.dataDirectory, (problem) => {
      sayProblem(problem, context);
    });
    const labs = await Promise.all(
      [...library.labs.values()].map(async (lab) => labSummary(lab, await progress.load(lab.id))),
    );
    if (json === true) out(JSON.stringify({ labs, problems: library.problems }));
    else
      for (const line of table([
        ['LAB', 'TITLE', 'STEPS', 'MINUTES', 'POINTS'],
        ...labs.map((lab) => [
          lab.id,
          lab.title[locale],
          `${String(lab.progress.finishedSteps)}/${String(lab.steps)}`,
          String(lab.durationMinutes),
          `${String(lab.progress.earnedPoints)}/${String(lab.progress.totalPoints)}`,
        ]),
      ]))
        out(line);
    finish(library.problems.length > 0 ? 1 : 0);
  });

  const show = command('show', 'print the text of a lab')
    .argument('<lab>')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const content = labContent(pickLab(await readLabs(context), id));
      if (json === true) {
        out(JSON.stringify(content));
        return;
      }
      out(`# ${content.title[locale]}\n\n${content.objectives[locale]}`);
      for (const step of content.steps) {
        out(`\n## ${step.id}: ${step.title[locale]}\n\n${step.prose[locale]}`);
        for (const check of step.checks)
          out(`- [${check.kind}] ${check.title[locale]} (${String(check.points)})`);
      }
    });

  const verify = withCluster(
    command('verify', 'prove labs: untouched not full, solution full, wrong answers found'),
    'one made for it',
    'an emulated one under virtual time, in which nothing is waited for',
  )
    .argument('[labs...]', 'all of them when left out')
    .option('--keep', 'leave the namespaces of a lab that failed')
    .action(async (ids: string[], options: ClusterChoice & { json?: boolean; keep?: boolean }) => {
      const library = await readLabs(context);
      const labs = ids.length > 0 ? ids.map((id) => pickLab(library, id)) : [...library.labs.values()];
      const cluster = await provingGround(context, options);
      const proofs: LabProof[] = [];
      const notRun: { lab: string; unmet: LocalizedText[] }[] = [];
      try {
        const version = await cluster.kube.version();
        if (options.json !== true) out(`Kubernetes ${version} · ${cluster.title[locale]}`);
        for (const lab of labs) {
          const unmet = unmetRequirements(lab, cluster.capabilities);
          if (unmet.length > 0) {
            notRun.push({ lab: lab.id, unmet });
            if (options.json !== true) out(notRunLine(lab, unmet, locale));
            continue;
          }
          const proof = await verifyLab({
            lab: cluster.place(lab),
            kube: cluster.kube,
            clock: cluster.clock,
            reach: () => cluster.reach(),
            keep: options.keep === true,
            onProof: ({ step, what, ok, detail, durationMs }) => {
              if (options.json === true) return;
              const mark = ok ? '✓' : '✗';
              out(
                `  ${mark} ${step}: ${what} (${(durationMs / 1000).toFixed(1)} s)${ok ? '' : `\n      ${detail}`}`,
              );
            },
          });
          proofs.push(proof);
          if (options.json !== true) out(summaryLine(proof, locale));
        }
      } finally {
        await cluster.close();
      }
      const ok = proofs.every((proof) => proof.ok) && (ids.length > 0 || library.problems.length === 0);
      if (options.json === true)
        out(JSON.stringify({ ok, labs: proofs, notRun, problems: library.problems }));
      finish(!ok ? 1 : notRun.length > 0 ? 2 : 0);
    });

  const schema = new Command('schema')
    .description('print the JSON Schema of lab.yaml, for editors')
    .action(() => {
      out(labJsonSchemaText());
    });

  const findings = command('findings', 'print what checks can find, of every kind or of one lab')
    .argument('[lab]')
    .action(async (id: string | undefined, { json }: { json?: boolean }) => {
      const rows =
        id === undefined
          ? Object.entries(FINDINGS).map(([kind, list]) => ({ check: kind, findings: [...list] }))
          : pickLab(await readLabs(context), id).steps.flatMap((step) =>
              step.spec.checks.map((check) => ({
                check: `${step.id}/${check.id}`,
                findings: findingsOf(check),
              })),
            );
      if (json === true) out(JSON.stringify({ findings: rows }));
      else for (const row of rows) out(`${row.check}: ${row.findings.join(', ')}`);
    });

  return new Command('labs')
    .description('see and prove the labs')
    .addCommand(list)
    .addCommand(show)
    .addCommand(verify)
    .addCommand(findings)
    .addCommand(schema);
}

/** A cluster that labs are proven on, and then let go of. */
interface ProvingGround {
  kube: KubeClient;
  clock: Clock;
  title: LocalizedText;
  capabilities: ClusterCapabilities;
  reach(): Reach;
  place(lab: Lab): Lab;
  close(): Promise<void>;
}

/** The chosen cluster; when none was chosen, an emulated one in which nobody waits. */
async function provingGround(context: CliContext, choice: ClusterChoice): Promise<ProvingGround> {
  if (choice.provider === undefined && choice.kubeconfig === undefined && choice.context === undefined) {
    const virtual = await startVirtualCluster();
    return {
      ...virtual,
      title: { en: 'emulated, under virtual time', ko: '에뮬레이션, 가상 시간' },
      capabilities: { nodes: virtual.workers, has: [...CAPABILITIES], missing: {} },
      place: (lab) => lab,
    };
  }
  const opened = await connect(context, choice, { name: 'labs-verify', temporary: true });
  const { kube, cluster } = opened;
  return {
    kube,
    clock: systemClock,
    title: { en: kube.server, ko: kube.server },
    reach: () => opened.reach(),
    capabilities: cluster.capabilities,
    place: (lab) => placedOn(cluster, lab),
    close: () => opened.close(),
  };
}

function notRunLine(lab: Lab, unmet: LocalizedText[], locale: 'en' | 'ko'): string {
  const why = unmet.map((text) => text[locale]).join(' ');
  return locale === 'ko' ? `${lab.id}: 증명하지 않음. ${why}` : `${lab.id}: not proven. ${why}`;
}

function summaryLine(proof: LabProof, locale: 'en' | 'ko'): string {
  const passed = String(proof.proofs.filter(({ ok }) => ok).length);
  const all = String(proof.proofs.length);
  const seconds = (proof.durationMs / 1000).toFixed(1);
  return locale === 'ko'
    ? `${proof.lab}: ${all}개 중 ${passed}개 증명됨, ${seconds}초`
    : `${proof.lab}: ${passed} of ${all} proven in ${seconds} s`;
}
