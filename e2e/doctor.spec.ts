import type { DoctorReport, DoctorHop, HopState } from '../src-shared/doctor.ts';
import type { LabCheck } from '../src-shared/lab-view.ts';
import { READY } from './support/clusters.ts';
import { CONTENT, labNamed, objectsWith, SERVICE, SESSION } from './support/lab.ts';
import { expect, test } from './support/test.ts';

/** The doctor as a learner meets it: from a red signal, and from the track. */

function hop(name: DoctorHop, state: HopState, words: string): DoctorReport['hops'][number] {
  return { hop: name, state, seen: { en: words, ko: words }, evidence: [] };
}

const REPORT: DoctorReport = {
  namespace: 'shop',
  service: 'web',
  from: 'shop/client',
  at: 0,
  outcome: 'fault',
  hops: [
    hop('exists', 'ok', 'Service web exists in shop.'),
    hop('address', 'symptom', '10.96.4.2:80 refuses the connection.'),
    {
      ...hop('selector', 'broken', 'No pod has these labels'),
      evidence: [
        {
          title: { en: 'Labels of the pods', ko: '파드의 레이블' },
          command: 'kubectl get pods -n shop --show-labels',
          output: 'web-1 app=web',
          at: 0,
        },
      ],
    },
    hop('endpoints', 'not-reached', 'Not reached.'),
  ],
  diagnosis: {
    hop: 'selector',
    stop: 'endpoints',
    finding: 'selector-matches-nothing',
    actual: { en: 'No pod has these labels', ko: '이 레이블을 가진 파드가 없습니다' },
    why: { en: 'A pod needs every label.', ko: '모든 레이블이 있어야 합니다.' },
  },
};

const CHECK: LabCheck = {
  id: 'answers',
  kind: 'http',
  trigger: 'manual',
  title: { en: 'It answers', ko: '응답함' },
  points: 1,
};

test.beforeEach(async ({ main, page }) => {
  main.state.set(READY);
  main.labs = [labNamed('node-port', 'From outside')];
  const [step] = CONTENT.steps;
  if (step === undefined) throw new Error('The lab has a step.');
  main.content = { ...CONTENT, steps: [{ ...step, checks: [CHECK] }] };
  main.session = {
    ...SESSION,
    steps: [
      {
        id: 'reach',
        state: 'open',
        hints: [],
        assisted: false,
        checks: [{ id: 'answers', running: false, verdict: { outcome: 'fail', evidence: [], checkedAt: 0 } }],
      },
    ],
  };
  main.objects.set(objectsWith(SERVICE));
  main.script.doctor = () => Promise.resolve(REPORT);
  await page.goto(main.address);
  await page.getByRole('button', { name: 'Start: From outside' }).click();
});

test('a red signal leads to it, and it points at the track', async ({ main, page }) => {
  await page.getByRole('button', { name: 'Details of “It answers”' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ask the doctor' }).click();
  const sheet = page.getByRole('dialog', { name: 'The doctor on shop/web' });
  await expect(sheet.getByRole('status')).toHaveText('Broken at: Selector');
  await expect(sheet.getByRole('listitem')).toHaveText([
    /Service exists.*in order/,
    /Address answers.*the cause lies further on.*refuses/,
    /Selector.*broken.*No pod has these labels/,
    /Endpoints.*not reached/,
  ]);
  await expect(sheet.getByTestId('doctor-why')).toHaveText('A pod needs every label.');
  await expect(sheet.getByText('$ kubectl get pods -n shop --show-labels')).toBeVisible();
  expect(main.asked('doctor')).toEqual([{ namespace: 'shop', service: 'web', from: 'shop/client' }]);
  await sheet.getByRole('button', { name: 'Show on the track' }).click();
  await expect(sheet).toBeHidden();
  await expect(page.locator('.stop[aria-current="true"]')).toHaveCount(1);
});

test('the track asks it by keyboard, and it looks again', async ({ main, page }) => {
  const track = page.getByRole('region', { name: 'Track', exact: true });
  await track.getByRole('button', { name: 'Ask the doctor' }).press('Enter');
  const sheet = page.getByRole('dialog', { name: 'The doctor on shop/web' });
  await expect(sheet.getByRole('status')).toHaveText('Broken at: Selector');
  main.script.doctor = () =>
    Promise.resolve({
      namespace: 'shop',
      service: 'web',
      at: 0,
      outcome: 'healthy',
      hops: REPORT.hops.slice(0, 1),
    });
  await sheet.getByRole('button', { name: 'Look again' }).press('Enter');
  await expect(sheet.getByRole('status')).toHaveText('Nothing is broken on this path.');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
});
