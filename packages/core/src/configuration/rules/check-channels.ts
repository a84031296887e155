// Sinks of two environments that lead to one channel. References are not compared: what they stand for only the agents know,
// which report digests of it. No text of a problem holds an address, which is often a secret by itself.
import { findChannelProblems, type NamedChannel } from '../../notifications/find-channel-problems.ts';
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { EnvironmentDeclaration, ProjectDeclaration } from '../declaration.ts';
import { isSecretReference } from '../secret-reference.ts';

/** A problem for each pair of environments that would alert one channel, told of the later one. */
export function checkChannels({ environments, shared }: ProjectDeclaration): readonly ConfigProblem[] {
  const channels = [...environments.values()].flatMap(listChannels);
  return findChannelProblems(channels, Object.values(shared).flat()).map(
    ({ environment, sink, otherEnvironment, otherSink, isProduction }) =>
      createProblem({
        code: 'CHANNEL_OF_OTHER_ENVIRONMENT',
        environment,
        variable: `notify.${sink}`,
        place: environments.get(environment)?.notify.find(({ name }) => name === sink)?.place,
        expected: `another channel than that of ${otherSink} of ${otherEnvironment}`,
        message: `The sink ${sink} leads to the channel of ${otherSink} of ${otherEnvironment}.`,
        fix: isProduction ? 'Give each a channel of its own; one of production is never shared.' : undefined,
      }),
  );
}

function listChannels({ name: environment, kind, notify }: EnvironmentDeclaration): readonly NamedChannel[] {
  return notify.flatMap(({ name: sink, sink: type, url, to }) =>
    (type === 'email' ? to : [url]).flatMap((channel) =>
      channel === undefined || isSecretReference(channel) ? [] : [{ environment, kind, sink, channel }],
    ),
  );
}
