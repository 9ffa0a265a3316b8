import { type Dockerfile, DockerfileParser, type ModifiableInstruction } from 'dockerfile-ast';

/** One instruction, in plain words. */
export interface Step {
  /** In capitals: `COPY`. */
  readonly name: string;
  /** What follows it; of a JSON list its members. */
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

/** A stage: what it begins with, and what is done on top of that. */
export interface BuildStage {
  readonly name: string;
  readonly image: string;
  readonly steps: readonly Step[];
}

/** The stages of a Dockerfile, in order. */
export function stagesOf(text: string): readonly BuildStage[] {
  const file = DockerfileParser.parse(text);
  return file.getFROMs().map((from) => {
    const inside = file.getContainingImage(from.getRange().start);
    return {
      name: from.getBuildStage() ?? '',
      image: from.getImage() ?? '',
      steps: (inside?.getInstructions() ?? []).filter((one) => one.getKeyword() !== 'FROM').map(stepOf),
    };
  });
}

type Instruction = ReturnType<Dockerfile['getInstructions']>[number];

/** Lists are read as the JSON they are, since the parser's own reading of them loses spaces. */
function stepOf(instruction: Instruction): Step {
  const list = /\[".*"\]$/s.exec(instruction.getArgumentsContent() ?? '')?.[0];
  const flags = (instruction as Partial<ModifiableInstruction>).getFlags?.call(instruction) ?? [];
  return {
    name: instruction.getKeyword(),
    words:
      list === undefined ? instruction.getArguments().map((one) => one.getValue()) : (JSON.parse(list) as string[]),
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
  };
}

/** Everything that holds at the end of a stage: its own steps behind those of the stages it builds on. */
export function stepsUntil(name: string, stages: readonly BuildStage[]): readonly Step[] {
  const stage = stages.find((one) => one.name === name);
  return stage ? [...stepsUntil(stage.image, stages), ...stage.steps] : [];
}

/** Whether a `.dockerignore` keeps a path from the builder: the last rule that fits decides. */
export function ignoring(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.keeps === false;
}

/** A rule fits a path, and everything below what it fits. */
function patternOf(rule: string): RegExp {
  const words: Readonly<Record<string, string>> = { '**/': '(?:[^/]+/)*', '*': '[^/]*', '?': '[^/]' };
  const inside = rule.replace(/\*\*\/|\*|\?|[.+^${}()|[\]\\]/g, (found) => words[found] ?? `\\${found}`);
  return new RegExp(`^${inside}(?:/.*)?$`);
}
