// Every colour of the console. Components name a meaning (`--tp-good`), never a colour.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Canal blue: the colour of links and of the main action. */
const CANAL: MantineColorsTuple = [
  '#eaf4f9',
  '#d5e6ef',
  '#a6cbdd',
  '#74afcb',
  '#4d98bc',
  '#3589b3',
  '#2a78a0',
  '#1f6488',
  '#195472',
  '#10415b',
];

/** Panels, lines and fields of the dark theme: the greys of the page, a little blue. */
const DUSK: MantineColorsTuple = [
  '#e4e9ef',
  '#b8c1cb',
  '#9aa5b1',
  '#7c8794',
  '#3a434e',
  '#2b333d',
  '#1d242d',
  '#171c23',
  '#11161c',
  '#0b0f13',
];

const SANS = '"Segoe UI", -apple-system, BlinkMacSystemFont, Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, SFMono-Regular, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace';

export const theme = createTheme({
  primaryColor: 'canal',
  primaryShade: { light: 7, dark: 7 },
  colors: { canal: CANAL, dark: DUSK },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** How dangerous a place is, in both themes; white is readable on each. */
const ENVIRONMENTS: Readonly<Record<string, string>> = {
  '--tp-environment-local': '#2f6f8f',
  '--tp-environment-shared': '#8f5a00',
  '--tp-environment-production': '#c81e3a',
  '--tp-on-environment': '#ffffff',
};

const LIGHT: Readonly<Record<string, string>> = {
  '--tp-page': '#f6f7f9',
  '--tp-panel': '#ffffff',
  '--tp-sunken': '#eff1f4',
  '--tp-line': '#dfe3e8',
  '--tp-text': '#1b2430',
  '--tp-muted': '#56606d',
  '--tp-link': '#1a5f86',
  '--tp-good': '#1a7340',
  '--tp-bad': '#c01c2e',
  '--tp-error': '#b3400a',
  '--tp-warn': '#8a5d00',
  '--tp-busy': '#0b62c4',
  '--tp-calm': '#5b6572',
  '--tp-bad-soft': '#fdeef0',
  '--tp-good-soft': '#ebf7ef',
  '--tp-busy-soft': '#eaf2fd',
  '--tp-warn-soft': '#fff6e0',
  '--tp-hover': '#f0f4f8',
  '--tp-mark': '#ffe08a',
  '--tp-mark-now': '#ffb84d',
  '--tp-on-mark': '#1b2430',
  '--mantine-color-body': '#f6f7f9',
  '--mantine-color-text': '#1b2430',
  '--mantine-color-dimmed': '#56606d',
  '--mantine-color-placeholder': '#626c79',
};

const DARK: Readonly<Record<string, string>> = {
  '--tp-page': '#0f1318',
  '--tp-panel': '#171c23',
  '--tp-sunken': '#11161c',
  '--tp-line': '#2b333d',
  '--tp-text': '#e4e9ef',
  '--tp-muted': '#9aa5b1',
  '--tp-link': '#7cc0e4',
  '--tp-good': '#4cc274',
  '--tp-bad': '#ff7480',
  '--tp-error': '#ff9255',
  '--tp-warn': '#e2b340',
  '--tp-busy': '#6cb0ff',
  '--tp-calm': '#9aa5b1',
  '--tp-bad-soft': '#2b171b',
  '--tp-good-soft': '#13241b',
  '--tp-busy-soft': '#132033',
  '--tp-warn-soft': '#2a2211',
  '--tp-hover': '#1d242d',
  '--tp-mark': '#6b5410',
  '--tp-mark-now': '#a8720a',
  '--tp-on-mark': '#ffffff',
  '--mantine-color-body': '#0f1318',
  '--mantine-color-text': '#e4e9ef',
  '--mantine-color-dimmed': '#9aa5b1',
  '--mantine-color-placeholder': '#8f9aa6',
};

/** Meanings to colours, per theme. Text colours keep 4.5:1 on the page and on a panel. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: { ...ENVIRONMENTS },
  light: { ...LIGHT },
  dark: { ...DARK },
});
