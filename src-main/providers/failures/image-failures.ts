import type { KnownFailure } from './known-failures.ts';

const OFFLINE_ADVICE = {
  text: {
    en: 'See that this machine is online and that its engine knows the proxy, then try again. Without a network, load an offline pack: switchyard pack load FILE',
    ko: '컴퓨터가 온라인이고 엔진에 프록시가 설정되어 있는지 확인한 뒤 다시 시도하세요. 네트워크가 없다면 오프라인 팩을 불러오세요: switchyard pack load FILE',
  },
};

/** Images that cannot be had, or not be used. What stands first says more than what stands after it. */
export const IMAGE_FAILURES: readonly KnownFailure[] = [
  {
    code: 'containerd-silent',
    words: /failed to dial "\/run\/containerd\/containerd\.sock"/,
    message: () => ({
      en: 'A node was not ready for images: its containerd did not answer in time.',
      ko: '노드가 이미지를 받을 준비가 되지 않았습니다: containerd가 제시간에 응답하지 않았습니다.',
    }),
    fix: () => ({
      other: {
        text: {
          en: 'End what else keeps this machine busy, then try again.',
          ko: '이 컴퓨터를 바쁘게 하는 다른 프로그램을 끝내고 다시 시도하세요.',
        },
      },
    }),
  },
  {
    code: 'image-import-failed',
    words:
      /ctr: content digest (sha256:[0-9a-f]+): not found|failed to load image|archive\/tar: invalid tar header/i,
    message: () => ({
      en: 'An image could not be loaded into the nodes: its archive lacks a part.',
      ko: '이미지를 노드에 올리지 못했습니다. 이미지 보관 파일에 빠진 부분이 있습니다.',
    }),
    fix: ({ engine }) => ({
      other: {
        text: {
          en: `Fetch the images again. Docker 29 and later keep several platforms under one name, of which only one was complete: remove the image, then try again.`,
          ko: '이미지를 다시 받으세요. Docker 29부터는 한 이름 아래 여러 플랫폼을 보관하며 그중 하나만 온전할 수 있습니다. 이미지를 지우고 다시 시도하세요.',
        },
        commands: [`${engine} image ls`],
      },
    }),
  },
  {
    code: 'name-resolution',
    words:
      /lookup (\S+?)(?: on \S+)?: (?:.*i\/o timeout|no such host|.*server misbehaving|Temporary failure in name resolution)/i,
    message: (_context, host) => ({
      en: `The name ${host} could not be resolved: there is no network, or a proxy or VPN stands in the way.`,
      ko: `${host} 이름을 확인하지 못했습니다. 네트워크가 없거나 프록시나 VPN이 막고 있습니다.`,
    }),
    fix: () => ({ other: OFFLINE_ADVICE }),
  },
  {
    code: 'pull-rate-limited',
    words: /toomanyrequests|You have reached your (?:unauthenticated )?pull rate limit/i,
    message: () => ({
      en: 'The registry refuses more downloads from this network for now: everyone behind one address shares a limit.',
      ko: '레지스트리가 이 네트워크의 다운로드를 당분간 거부합니다. 같은 주소를 쓰는 모든 사람이 한도를 공유합니다.',
    }),
    fix: () => ({ other: OFFLINE_ADVICE }),
  },
  {
    code: 'image-unknown',
    words:
      /manifest for \S+ not found|manifest unknown|pull access denied for (\S+?),|Error response from daemon: denied|requested access to the resource is denied|repository does not exist|no matching manifest for \S+/i,
    message: () => ({
      en: 'The registry does not have an image that the cluster needs.',
      ko: '클러스터에 필요한 이미지가 레지스트리에 없습니다.',
    }),
    fix: () => ({
      other: {
        text: {
          en: 'If SWITCHYARD_NODE_IMAGE is set, see that it names an image that exists, for this processor. Otherwise load an offline pack: switchyard pack load FILE',
          ko: 'SWITCHYARD_NODE_IMAGE를 설정했다면 이 프로세서용으로 존재하는 이미지인지 확인하세요. 아니라면 오프라인 팩을 불러오세요: switchyard pack load FILE',
        },
      },
    }),
  },
  {
    code: 'certificate-untrusted',
    words: /x509: certificate signed by unknown authority|failed to verify certificate: x509/i,
    message: () => ({
      en: 'The engine does not trust the certificate that it was shown for a registry: most often a proxy of your organization stands in between.',
      ko: '엔진이 레지스트리의 인증서를 신뢰하지 않습니다. 대개 조직의 프록시가 중간에 있기 때문입니다.',
    }),
    fix: ({ engine }) => ({
      linux: {
        text: {
          en: `Give ${engine} the root certificate of your organization: put it among the system's, update them, and restart ${engine}. Or load an offline pack: switchyard pack load FILE`,
          ko: `조직의 루트 인증서를 시스템 인증서에 추가하고 갱신한 다음 ${engine}을(를) 다시 시작하세요. 또는 오프라인 팩을 불러오세요: switchyard pack load FILE`,
        },
        commands: ['sudo cp root.crt /usr/local/share/ca-certificates/', 'sudo update-ca-certificates'],
      },
      other: {
        text: {
          en: `Give the root certificate of your organization to this computer, then restart ${engine === 'docker' ? 'Docker Desktop' : engine}. Or load an offline pack: switchyard pack load FILE`,
          ko: `조직의 루트 인증서를 이 컴퓨터에 추가한 다음 ${engine === 'docker' ? 'Docker Desktop을' : `${engine}을(를)`} 다시 시작하세요. 또는 오프라인 팩을 불러오세요: switchyard pack load FILE`,
        },
      },
    }),
  },
  {
    code: 'image-pull-failed',
    // k3d puts the words of the engine into quotation marks, which are escaped then.
    words:
      /failed to pull (?:the )?image \\?["']?([^"'\\\s:]+(?::[^"'\\\s:]+)?)|Error response from daemon: Get \\?"?(https?:\/\/[^"\\\s]+)|net\/http: (?:TLS handshake timeout|request canceled)|proxyconnect tcp|pinging container registry (\S+?):/i,
    message: (_context, image) => ({
      en: `${image === '' ? 'An image' : image} could not be fetched.`,
      ko: `${image === '' ? '이미지' : image}을(를) 받지 못했습니다.`,
    }),
    fix: () => ({ other: OFFLINE_ADVICE }),
  },
];
