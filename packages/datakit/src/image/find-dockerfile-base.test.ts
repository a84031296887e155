import { expect, test } from 'vitest';
import { findDockerfileBase } from './find-dockerfile-base.ts';

const ARGUMENT = ['$', '{BASE}'].join('');

test.each([
  ['FROM node:24\n', undefined, 'node:24'],
  ['from --platform=linux/amd64 node:24 as x\nRUN true\n', undefined, 'node:24'],
  ['FROM golang:1 AS build\nFROM debian:12\nCOPY --from=build /x /x\n', undefined, 'debian:12'],
  [`ARG BASE=node:24\nFROM ${ARGUMENT}\n`, undefined, 'node:24'],
  [`ARG BASE=node:24\nFROM ${ARGUMENT}\n`, 'node:26', 'node:26'],
  [`ARG BASE\nFROM $BASE\n`, 'node:26', 'node:26'],
  ['FROM golang:1 AS build\nFROM build\n', undefined, undefined],
  ['FROM scratch\n', undefined, undefined],
  ['ARG V=24\nFROM node:$V\n', undefined, undefined],
  ['# nothing\n', undefined, undefined],
])('A13 the last stage of %j with BASE %s begins with %s', (text, base, expected) => {
  expect(findDockerfileBase(text, base)).toBe(expected);
});
