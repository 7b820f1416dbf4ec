import type { DoctorHop } from './doctor.ts';
import type { LocalizedText } from './locale.ts';

/** What the hops are called, on the page and in the terminal. Apart from the schemas, which the page can do without. */
export const HOP_NAMES: Readonly<Record<DoctorHop, LocalizedText>> = {
  client: { en: 'Client', ko: '클라이언트' },
  exists: { en: 'Service exists', ko: '서비스 존재' },
  name: { en: 'Name resolves', ko: '이름 해석' },
  address: { en: 'Address answers', ko: '주소 응답' },
  port: { en: 'Port', ko: '포트' },
  selector: { en: 'Selector', ko: '셀렉터' },
  endpoints: { en: 'Endpoints', ko: '엔드포인트' },
  readiness: { en: 'Pods ready', ko: '파드 준비' },
  listens: { en: 'Pod listens', ko: '파드 수신' },
  policy: { en: 'NetworkPolicy', ko: '네트워크 폴리시' },
  node: { en: 'Node', ko: '노드' },
  ingress: { en: 'Ingress', ko: '인그레스' },
  certificate: { en: 'Certificate', ko: '인증서' },
};
