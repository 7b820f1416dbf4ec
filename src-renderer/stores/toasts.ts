import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Problem } from '#shared/app-error.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly problem?: Problem;
}

/** Messages about things that are not visible otherwise. */
export const useToasts = defineStore('toasts', () => {
  const list = ref<Toast[]>([]);
  let count = 0;

  function say(text: string): void {
    count += 1;
    list.value = [...list.value.slice(-2), { id: count, text }];
  }
  function sayProblem(problem: Problem): void {
    count += 1;
    list.value = [...list.value.slice(-2), { id: count, text: '', problem }];
  }
  function dismiss(id: number): void {
    list.value = list.value.filter((toast) => toast.id !== id);
  }
  return { list, say, sayProblem, dismiss };
});
