import { Checkbox, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import type { ArrayParameter, ParameterSchema, StringParameter } from '@towpath/core';
import type { ReactNode } from 'react';
import { capitalize } from '../../format/capitalize.ts';
import { formatCount } from '../../format/format-count.ts';
import type { ParameterDraft } from './parameter-draft.ts';

interface ParameterFieldProps {
  readonly name: string;
  readonly schema: ParameterSchema;
  readonly draft: ParameterDraft;
  readonly problem: string | undefined;
  readonly onChange: (draft: ParameterDraft) => void;
}

/** The field that fits a parameter's schema; a problem stands at it. */
export function ParameterField({ name, schema, draft, problem, onChange }: ParameterFieldProps): ReactNode {
  const text = typeof draft === 'string' ? draft : '';
  const shared = {
    label: name,
    description: describeParameter(schema),
    error: problem,
    withAsterisk: schema.default === undefined,
  };
  switch (schema.type) {
    case 'boolean':
      return (
        <Checkbox
          label={name}
          description={describeParameter(schema)}
          error={problem}
          checked={draft === true}
          indeterminate={draft === undefined}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'array':
      return <ListField shared={shared} schema={schema} text={text} onChange={onChange} />;
    case 'string':
      return <TextField shared={shared} schema={schema} text={text} onChange={onChange} />;
    case 'integer':
    case 'number':
      return (
        <TextInput
          {...shared}
          value={text}
          inputMode={schema.type === 'integer' ? 'numeric' : 'decimal'}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
  }
}

interface FieldProps<S> {
  readonly shared: {
    readonly label: string;
    readonly description: string | undefined;
    readonly error: string | undefined;
    readonly withAsterisk: boolean;
  };
  readonly schema: S;
  readonly text: string;
  readonly onChange: (draft: ParameterDraft) => void;
}

function TextField({ shared, schema, text, onChange }: FieldProps<StringParameter>): ReactNode {
  if (schema.enum) {
    return (
      <Select
        {...shared}
        data={[...new Set(schema.enum)]}
        value={text || null}
        searchable={schema.enum.length > MOST_UNSEARCHED}
        clearable={schema.default === undefined}
        clearButtonProps={{ 'aria-label': `Clear ${shared.label}` }}
        onChange={(value) => onChange(value ?? '')}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      value={text}
      type={schema.format === 'date' ? 'date' : 'text'}
      placeholder={schema.format === 'date-time' ? '2026-11-25T06:00:00Z' : undefined}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** More choices than these are looked for by typing. */
const MOST_UNSEARCHED = 8;

function ListField({ shared, schema, text, onChange }: FieldProps<ArrayParameter>): ReactNode {
  const lines = text.split('\n').filter((line) => line !== '');
  if (schema.items.enum) {
    return (
      <MultiSelect
        {...shared}
        data={[...new Set(schema.items.enum)]}
        value={lines}
        clearButtonProps={{ 'aria-label': `Clear ${shared.label}` }}
        onChange={(chosen) => onChange(chosen.join('\n'))}
      />
    );
  }
  const description = [shared.description, 'One item a line'].filter((part) => part).join('. ');
  return (
    <Textarea
      {...shared}
      description={description}
      value={text}
      autosize
      minRows={2}
      maxRows={8}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** The author's words and the limits: `Day to load. A day; from 1 to 31`. */
function describeParameter(schema: ParameterSchema): string | undefined {
  const words = [schema.description?.replace(/\.$/, ''), listLimits(schema).join(', ')].filter((part) => part);
  const text = words.join('. ');
  return text === '' ? undefined : capitalize(text);
}

function listLimits(schema: ParameterSchema): readonly string[] {
  switch (schema.type) {
    case 'string':
      return describeRange(schema.minLength, schema.maxLength, 'character');
    case 'integer':
    case 'number':
      return [
        schema.type === 'integer' ? 'Whole number' : 'Number',
        ...describeRange(schema.minimum, schema.maximum, ''),
      ];
    case 'array':
      return describeRange(schema.minItems, schema.maxItems, 'item');
    case 'boolean':
      return [];
  }
}

function describeRange(from: number | undefined, to: number | undefined, unit: string): readonly string[] {
  if (from === undefined && to === undefined) return [];
  if (to === undefined) return [`at least ${countUnit(from ?? 0, unit)}`];
  return [from === undefined ? `at most ${countUnit(to, unit)}` : `${from} to ${countUnit(to, unit)}`];
}

function countUnit(count: number, unit: string): string {
  return unit === '' ? String(count) : formatCount(count, unit);
}
