import type { ModelQuestion } from '../../src/model/model-question.ts';
import { formOf, likesLength, materialOf, type ScriptedModel } from '../prompt-work.ts';
import { say, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { Script } from '../scripted-provider/script.ts';
import { listOf, textOf, wordOf } from '../scripted-provider/voice.ts';

/** A model for work on prompts as a provider that speaks OpenAI's API. Each answer takes 100 tokens in and 10 out. */
export function modelScript(model: ScriptedModel): Script {
  return ({ json }) => {
    const question = questionOf(json);
    const said = model(question, materialOf(question));
    const text = typeof said === 'string' ? said : JSON.stringify(said);
    return behave(say(text), usage({ input: 100, output: 10 }));
  };
}

/** A model that does all that is asked of it: the longer a prompt, the better. */
export const diligent: ScriptedModel = (question, material) => {
  switch (formOf(question)) {
    case 'translation':
      return { target: `↹ ${String(material['text'])}`, explanation: 'Said in SynthLang.' };
    case 'prompt':
      return { prompt: `You do this: ${String(material['task'])}`, rationale: 'It is plain.' };
    case 'classification': {
      const [first = '', ...others] = material['labels'] as string[];
      const scores = [{ label: first, score: 0.7 }, ...others.map((label) => ({ label, score: 0.3 / others.length }))];
      return { label: first, scores, explanation: 'It comes first.' };
    }
    case 'rewriting':
      return { critique: 'Short.', prompt: `${String(material['prompt'])} in five short steps`, improvement: 'Steps.' };
    case 'judgement':
      return likesLength(material['prompt']);
    case 'variation':
      return { prompt: `${String(material['prompt'] ?? material['first'])} with yet more words` };
    default:
      return 'words';
  }
};

function questionOf(body: Readonly<Record<string, unknown>>): ModelQuestion {
  const messages = listOf(body['messages']);
  const format = body['response_format'] as { readonly json_schema?: { readonly name: string } } | undefined;
  const name = format?.json_schema?.name;
  return {
    model: wordOf(body['model']),
    instructions: textOf(messages.find(({ role }) => role === 'system')?.['content']),
    said: messages
      .filter(({ role }) => role !== 'system')
      .map(({ role, content }) => ({ role: role as 'user', text: textOf(content) })),
    ...(name === undefined ? {} : { output: { type: 'json-schema', name, schema: {} } }),
  };
}
