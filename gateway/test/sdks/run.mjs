// `node run.mjs DRIVER URL KEY MODEL CASE…`: uses one client library against a gateway, as a program would, and prints what
// came of these cases as one JSON object. It is plain JavaScript, since these packages aren't the gateway's own.
const [driver, url, key, model, ...wanted] = process.argv.slice(2);
const { cases } = await import(`./drivers/${driver}.mjs`);

const uses = cases({ url, key, model });
const results = {};
for (const name of wanted) {
  try {
    results[name] = await uses[name]();
  } catch (thrown) {
    results[name] = { failed: `${thrown?.name}: ${thrown?.message}`.slice(0, 1000) };
  }
}
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0));
