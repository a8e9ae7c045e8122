/** Where a reader finds a document: in an installed package it is not beside what he tests. */
import { relative, resolve } from 'node:path';

const docs = resolve(import.meta.dirname, '../../../docs');

/** From the working folder, if it is in there. */
export function shortPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
}

/** @param name of a file in docs/ */
export const documentPath = (name: string): string => shortPath(resolve(docs, name));
