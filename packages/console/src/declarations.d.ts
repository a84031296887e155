// elk's engine is a plain script for a worker; only its address is used.
declare module 'elkjs/lib/elk-worker.min.js?url' {
  const url: string;
  export default url;
}
