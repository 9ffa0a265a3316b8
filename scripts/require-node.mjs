// Old Node versions must be able to read this file, so that they can say what is wrong: plain syntax only.

/** Ends the process with a plain sentence when this Node is too old for the project. */
export function requireNode() {
  const version = process.versions.node.split('.').map(Number);
  if (version[0] > 20 || (version[0] === 20 && version[1] >= 19)) return;
  process.stderr.write(
    'SynthLang Proxy needs Node.js 20.19 or newer, and this is ' +
      process.versions.node +
      '. Install a current one from nodejs.org and run the command again.\n',
  );
  process.exit(1);
}
