// GitHub's REST API, as far as check runs and releases are read: bearer, numbered pages, what is private is not found.
import { type ServiceReply, type ServiceRequest, type ServiceStub, startServiceStub } from './service-stub.ts';

/** A check run. */
export interface GitHubCheckRun {
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
}

/** What a repository holds. */
export interface GitHubRepository {
  readonly name: string;
  readonly token: string;
  /** By commit. */
  readonly checkRuns: Record<string, GitHubCheckRun[]>;
  readonly releases: { readonly tag_name: string; readonly draft: boolean }[];
}

/** A running GitHub. */
export interface GitHubStub extends ServiceStub {
  readonly repository: GitHubRepository;
}

/** Starts one with the private repository `acme/markets` and the token `ghp_token`. */
export async function startGitHubStub(certificate?: {
  readonly key: string;
  readonly cert: string;
}): Promise<GitHubStub> {
  const repository: GitHubRepository = { name: 'acme/markets', token: 'ghp_token', checkRuns: {}, releases: [] };
  const stub = await startServiceStub({ answer: (request) => answer(repository, request), certificate });
  return Object.assign(stub, { repository });
}

const NOT_FOUND: ServiceReply = { status: 404, body: { message: 'Not Found', status: '404' } };

function answer(repository: GitHubRepository, { url, headers }: ServiceRequest): ServiceReply {
  // GitHub refuses whoever doesn't say who asks.
  if (!headers['user-agent']) return { status: 403, body: { message: 'Request forbidden by administrative rules.' } };
  const { authorization } = headers;
  if (authorization !== undefined && authorization !== `Bearer ${repository.token}`)
    return { status: 401, body: { message: 'Bad credentials', status: '401' } };
  const root = `/repos/${repository.name}/`;
  if (authorization === undefined || !url.pathname.startsWith(root)) return NOT_FOUND;
  const path = url.pathname.slice(root.length);
  const commit = /^commits\/([^/]+)\/check-runs$/.exec(path)?.[1];
  if (commit !== undefined) return listCheckRuns(repository.checkRuns[commit], url.searchParams);
  const tag = decodeURIComponent(/^releases\/tags\/([^/]+)$/.exec(path)?.[1] ?? '');
  const release = repository.releases.find(({ tag_name: name }) => name === tag);
  return release ? { body: { ...release, html_url: `https://github.com/acme/markets/releases/${tag}` } } : NOT_FOUND;
}

function listCheckRuns(all: readonly GitHubCheckRun[] | undefined, parameters: URLSearchParams): ServiceReply {
  if (!all) return { status: 422, body: { message: 'No commit found for SHA' } };
  const size = Math.min(Number(parameters.get('per_page') ?? 30), 100);
  const page = Number(parameters.get('page') ?? 1);
  const part = all.slice((page - 1) * size, page * size);
  return { body: { total_count: all.length, check_runs: part.map((run, id) => ({ id, ...run })) } };
}
