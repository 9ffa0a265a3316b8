// The cases of LangChain, which are the same for each of its models.
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from './words.mjs';

export function langchainCases({ model, embedder, method }) {
  const textOf = ({ content }) => (typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join(''));
  const told = (message) => ({
    text: textOf(message),
    input: message.usage_metadata.input_tokens,
    output: message.usage_metadata.output_tokens,
  });
  const streamed = async (from, input) => {
    let whole;
    for await (const piece of await from.stream(input)) whole = whole ? whole.concat(piece) : piece;
    return whole;
  };
  const withTools = async (ask) => {
    const weather = tool(() => SUNNY, { name: TOOL, description: TOOL_TEXT, schema: City });
    const bound = model.bindTools([weather]);
    const said = [new HumanMessage(WEATHER)];
    const first = await ask(bound, said);
    const results = first.tool_calls.map(({ id }) => new ToolMessage({ tool_call_id: id, content: SUNNY }));
    const last = await ask(bound, [...said, first, ...results]);
    return { text: textOf(last), calls: first.tool_calls.map(({ args }) => args) };
  };
  return {
    chat: async () => told(await model.invoke(HELLO)),
    stream: async () => told(await streamed(model, HELLO)),
    tools: () => withTools((bound, said) => bound.invoke(said)),
    toolsStreamed: () => withTools(streamed),
    structured: async () => ({ object: await model.withStructuredOutput(Person, { name: 'person', method }).invoke(WHO) }),
    ...(embedder && {
      embeddings: async () => ({ lengths: (await embedder.embedDocuments(['one', 'two'])).map(({ length }) => length) }),
    }),
    abort: () =>
      givingUp(async (signal, heard) => {
        for await (const piece of await model.stream(HANG, { signal })) heard(textOf(piece));
      }),
  };
}
