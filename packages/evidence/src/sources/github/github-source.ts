// GitHub by its REST API, version 2022-11-28: check runs of a commit (GitHub Actions and other apps; not the older commit statuses)
// and the release of a tag. https://docs.github.com/en/rest/checks/runs, https://docs.github.com/en/rest/releases/releases
import type { CommitCheck, SourceDeclaration } from '@towpath/core';
import { z } from 'zod';
import { type AskOptions, EvidenceRefusal, type EvidenceSource, type FoundEvidence } from '../../evidence-source.ts';
import { askJson } from '../../http/ask-json.ts';
import { joinUrl } from '../../http/join-url.ts';

type Declaration = Extract<SourceDeclaration, { service: 'github' }>;

const PAGE = 100;
const MAX_PAGES = 10;

const CheckRun = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
});
const CheckRunPage = z.object({ total_count: z.number(), check_runs: z.array(CheckRun) });
const Release = z.object({ tag_name: z.string(), draft: z.boolean(), html_url: z.string() });

/** Ends that GitHub itself lets a required check have. */
const PASSED = new Set(['success', 'neutral', 'skipped']);

/** Creates it; without a secret it asks as nobody, which is enough for public repositories. */
export function createGitHubSource(declaration: Declaration, secret: string | undefined): Pick<EvidenceSource, 'ask'> {
  const headers = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
  };
  return {
    ask: (question, options) => {
      if (question.kind === 'checks') return askChecks(declaration, question.commit, { ...options, headers });
      if (question.kind === 'release') return askRelease(declaration, question.version, { ...options, headers });
      throw new EvidenceRefusal('QUESTION_UNSUPPORTED');
    },
  };
}

interface Asking extends AskOptions {
  readonly headers: Readonly<Record<string, string>>;
}

async function askChecks({ url, repository }: Declaration, commit: string, asking: Asking): Promise<FoundEvidence> {
  const path = `/repos/${repository}/commits/${encodeURIComponent(commit)}/check-runs`;
  const runs: z.infer<typeof CheckRun>[] = [];
  let excerpt = '';
  for (let page = 1; ; page += 1) {
    if (page > MAX_PAGES) throw new EvidenceRefusal('TOO_LARGE', `More than ${MAX_PAGES * PAGE} checks.`);
    const parameters = { filter: 'latest', per_page: PAGE, page };
    const { body, text } = await askJson(CheckRunPage, { url: joinUrl(url, path, parameters), ...asking });
    runs.push(...body.check_runs);
    excerpt ||= text;
    if (runs.length >= body.total_count || body.check_runs.length === 0) break;
  }
  const checks = runs.map(toCheck);
  const link = joinUrl(toSite(url), `/${repository}/commit/${encodeURIComponent(commit)}/checks`);
  return { answer: { kind: 'checks', checks }, excerpt, link };
}

function toCheck({ name, status, conclusion }: z.infer<typeof CheckRun>): CommitCheck {
  if (status !== 'completed') return { name, state: 'running' };
  return { name, state: PASSED.has(conclusion ?? '') ? 'passed' : 'failed' };
}

async function askRelease({ url, repository }: Declaration, version: string, asking: Asking): Promise<FoundEvidence> {
  const path = `/repos/${repository}/releases/tags/${encodeURIComponent(version)}`;
  try {
    const { body, text } = await askJson(Release, { url: joinUrl(url, path), ...asking });
    const state = body.tag_name !== version ? 'missing' : body.draft ? 'draft' : 'published';
    return { answer: { kind: 'release', state }, excerpt: text, link: body.html_url };
  } catch (thrown) {
    if (!(thrown instanceof EvidenceRefusal) || thrown.code !== 'NOT_FOUND') throw thrown;
    return { answer: { kind: 'release', state: 'missing' }, excerpt: thrown.message, link: null };
  }
}

// `api.github.com` is not where people look; an Enterprise server has its API below `/api/v3`.
function toSite(url: string): string {
  return url.replace(/^https:\/\/api\.github\.com(?=\/|$)/, 'https://github.com').replace(/\/api\/v3\/?$/, '');
}
