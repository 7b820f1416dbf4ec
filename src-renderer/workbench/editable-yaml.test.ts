import { describe, expect, it } from 'vitest';
import { editableYaml } from './editable-yaml.ts';

const LIVE = `apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  uid: 1-2-3
  resourceVersion: "41"
  creationTimestamp: 2026-01-01T00:00:00Z
  labels:
    app: web
    uid: mine
  ownerReferences:
    - kind: ReplicaSet
      uid: 4-5-6
spec:
  containers:
    - name: web
status:
  phase: Running
  podIP: 10.0.0.1
`;

describe('the manifest of a live object', () => {
  it('leaves out its status and what the server fills in, and keeps the rest', () => {
    expect(editableYaml(LIVE)).toBe(`apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  labels:
    app: web
    uid: mine
  ownerReferences:
    - kind: ReplicaSet
      uid: 4-5-6
spec:
  containers:
    - name: web
`);
  });
});
