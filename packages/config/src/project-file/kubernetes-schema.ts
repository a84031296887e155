// `kubernetes:` of an environment: how attempts run there, and what runs beside them.
import { z } from 'zod';
import { MemorySize, Scalar, Text } from './words.ts';

/** As the API server takes it, but for the names of an attempt's own containers. */
const ContainerName = z.string().regex(/^(?!(?:task|bundle)$)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);

/** An object of the namespace. */
const ObjectName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/);

/** A folder of a container, but for those that hold the attempt's files and tickets. */
const MountPath = z.string().regex(/^\/(?!(?:towpath|krb5\/cache)(?:\/|$))[^:]+$/);

const Words = z.array(Text).max(1000);

const SidecarSchema = z.strictObject({
  image: Text,
  command: Words.min(1).optional().describe("Instead of the image's entry point"),
  args: Words.optional().describe("Instead of the image's words"),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), Scalar)
    .optional()
    .describe('Nothing secret: everybody who may read Pods reads it'),
  secrets: z
    .record(ObjectName, MountPath)
    .optional()
    .describe('Secret of the namespace → folder in which this container alone sees it'),
  startupProbe: Words.min(1).optional().describe('Words of a command; attempts start once it has ended with 0'),
  cpu: z.number().positive().optional(),
  memory: MemorySize.optional(),
});

export const KubernetesSchema = z.strictObject({
  context: Text.optional().describe('Of the kubeconfig (default: its current one); inside a cluster none is needed'),
  serviceAccount: Text.optional().describe('Of Pods (default: that of the namespace)'),
  imagePullSecrets: z.array(Text).max(20).optional().describe('Secrets with credentials of registries'),
  runAsUser: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe('User (number) of Pods, and all that Pod Security of level restricted wants; default: as images say'),
  serverUrl: z
    .string()
    .regex(/^https?:\/\/[^/?#\s]+(?:\/[^?#\s]*)?$/)
    .optional()
    .describe('Of the server, as Pods reach it (default: as the agent does)'),
  sidecars: z
    .record(ContainerName, SidecarSchema)
    .optional()
    .describe('Containers beside each attempt, by name; they write /krb5/cache, which it can read'),
  tickets: z
    .union([z.strictObject({ secret: ObjectName }), z.strictObject({ claim: ObjectName })])
    .optional()
    .describe('Secret or PersistentVolumeClaim that attempts see read-only at /krb5/cache'),
});

export type KubernetesInput = z.output<typeof KubernetesSchema>;
