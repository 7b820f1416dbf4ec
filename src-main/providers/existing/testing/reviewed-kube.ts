import { KubeStatusError } from '../../../kube/errors.ts';
import { NAMESPACE, type KindRef, type KubeObject, type NamedRef } from '../../../kube/objects.ts';
import { FakeKube } from '../../../kube/testing/fake-kube.ts';
import { readyNodes } from '../../../kube/testing/ready-nodes.ts';

interface Attributes {
  verb: string;
  resource: string;
  subresource?: string;
  namespace?: string;
}

/** A cluster in memory whose user may do everything but what the test takes away. */
export class ReviewedKube extends FakeKube {
  /** `create pods in shop`, `create pods/exec in shop`, `list nodes`. */
  readonly lacks = new Set<string>();
  /** Everything that was created. */
  readonly made: KubeObject[] = [];

  constructor(server?: string) {
    super(server);
    for (const object of [...readyNodes(), { ...NAMESPACE, metadata: { name: 'kube-system' } }])
      this.put(object);
  }

  override create(object: KubeObject): Promise<KubeObject> {
    if (object.kind !== 'SelfSubjectAccessReview') {
      this.made.push(object);
      return super.create(object);
    }
    const { resourceAttributes } = object['spec'] as { resourceAttributes: Attributes };
    const { verb, resource, subresource, namespace } = resourceAttributes;
    const named = [resource, ...(subresource === undefined ? [] : [subresource])].join('/');
    const what = `${verb} ${named}${namespace === undefined ? '' : ` in ${namespace}`}`;
    const allowed = verb === '*' ? this.lacks.size === 0 : !this.lacks.has(what);
    return Promise.resolve({ ...object, status: { allowed } });
  }

  override get<T extends KubeObject>(ref: NamedRef): Promise<T | undefined> {
    return ref.kind === 'Namespace' && this.lacks.has(`get namespace ${ref.name}`)
      ? refused()
      : super.get<T>(ref);
  }

  override list<T extends KubeObject>(kind: KindRef, options: { namespace?: string } = {}): Promise<T[]> {
    const plural = `${kind.kind.toLowerCase()}s`;
    return options.namespace === undefined && this.lacks.has(`list ${plural}`)
      ? refused()
      : super.list<T>(kind, options);
  }
}

function refused(): Promise<never> {
  return Promise.reject(new KubeStatusError(403, { reason: 'Forbidden' }, 'looking'));
}
