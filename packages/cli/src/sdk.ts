// What `import … from 'towpath'` gives a pipeline author.
export * from '@towpath/sdk';
