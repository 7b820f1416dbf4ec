import { describe, expect, it } from 'vitest';
import { stepService } from './step-service.ts';

const file = (yaml: string): { name: string; yaml: string } => ({ name: 'a.yaml', yaml });
const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata:\n  name: stock\n  namespace: depot\nspec:\n  ports: []\n';

describe('the Service of a step', () => {
  it('is the first one in its files', () => {
    const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: stock\n';
    expect(stepService([file(deployment), file(`${deployment}---\n${SERVICE}`)], 'shop')).toBe('depot/stock');
  });

  it('lies beside the rest of the step when it names no namespace, or else in that of the lab', () => {
    const pods = 'kind: Deployment\nmetadata:\n  name: stock\n  namespace: depot\n';
    const bare = SERVICE.replace('  namespace: depot\n', '');
    expect(stepService([file(bare), file(pods)], 'shop')).toBe('depot/stock');
    expect(stepService([file(SERVICE.replace('  namespace: depot\n', ''))], 'shop')).toBe('shop/stock');
  });

  it('is unknown where the files make none', () => {
    expect(stepService([file('kind: ServiceAccount\nmetadata:\n  name: x\n')], 'shop')).toBeUndefined();
  });
});
