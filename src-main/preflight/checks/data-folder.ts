import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { writeAtomically } from '../../store/atomic-write.ts';
import type { PreflightCheck } from '../check.ts';

/** The folder in which progress and clusters are kept can be written. */
export function dataFolderCheck(directory: string): PreflightCheck {
  return {
    id: 'data-folder',
    title: { en: 'Data folder', ko: '데이터 폴더' },
    why: {
      en: 'Your progress and the cluster’s files are kept there.',
      ko: '진행 상황과 클러스터 파일을 여기에 보관합니다.',
    },
    async look() {
      const probe = join(directory, '.preflight');
      try {
        await writeAtomically(probe, '');
        await rm(probe, { force: true });
        return {
          state: 'ok',
          seen: { en: `${directory} can be written.`, ko: `${directory}에 쓸 수 있습니다.` },
        };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const { message, fix } = error.problem;
        return { state: 'blocked', seen: message, ...(fix !== undefined && { fix: { text: fix } }) };
      }
    },
  };
}
