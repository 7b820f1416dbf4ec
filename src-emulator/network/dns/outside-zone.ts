import type { Answer, Question } from 'dns-packet';
import type { OutsideWorld } from '../outside.ts';

/** The names of the world outside: what a server that DNS forwards to knows. */
export type OutsideNames = Pick<OutsideWorld, 'lookup' | 'hasDomain'>;

export interface OutsideAnswer {
  rcode: 'NOERROR' | 'NXDOMAIN';
  answers: Answer[];
}

/** The most that CoreDNS's cache lets answers of others live, in seconds (`cache 30` in kubeadm's Corefile). */
const TTL = 30;
const MAX_CNAMES = 8;

/** Answers a question about the world outside as a recursive resolver does: aliases are followed to their end. */
export function answerOutside(question: Pick<Question, 'name' | 'type'>, names: OutsideNames): OutsideAnswer {
  const answers: Answer[] = [];
  let name = question.name;
  for (let left = MAX_CNAMES; left > 0; left--) {
    const key = name.toLowerCase().replace(/\.$/, '');
    const record = names.lookup(key);
    if (record === undefined) return { rcode: names.hasDomain(key) ? 'NOERROR' : 'NXDOMAIN', answers };
    if ('addresses' in record) {
      if (question.type === 'A')
        answers.push(...record.addresses.map((data): Answer => ({ type: 'A', name, ttl: TTL, data })));
      break;
    }
    answers.push({ type: 'CNAME', name, ttl: TTL, data: record.canonicalName });
    if (question.type === 'CNAME') break;
    name = record.canonicalName;
  }
  return { rcode: 'NOERROR', answers };
}
