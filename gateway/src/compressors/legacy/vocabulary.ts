/** Long words and what the original writes for them. */
export const ABBREVIATIONS: readonly (readonly [long: string, short: string])[] = pairs(
  'the=t and=& with=w/ without=w/o information=info application=app example=ex function=fn ' +
    'implementation=impl configuration=config database=db message=msg response=resp request=req error=err ' +
    'document=doc parameter=param argument=arg return=ret value=val variable=var number=num string=str ' +
    'boolean=bool integer=int array=arr object=obj property=prop method=meth class=cls interface=iface ' +
    'module=mod package=pkg library=lib framework=fwk environment=env development=dev production=prod ' +
    'testing=test authentication=auth authorization=authz management=mgmt performance=perf optimization=opt ' +
    'integration=integ functionality=func capability=cap requirement=req specification=spec ' +
    'documentation=docs reference=ref instance=inst execution=exec operation=op processing=proc ' +
    'calculation=calc validation=valid verification=verif generation=gen transformation=transform ' +
    'conversion=conv translation=trans serialization=serial deserialization=deserial encryption=encrypt ' +
    'decryption=decrypt compression=compress decompression=decompress',
);

/** Words of four letters and more that keep their vowels. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  (
    'been being could does doing done getting gets goes going gone gotten have having hers might mine must ours shall ' +
    'should their theirs them they went were will would your yours'
  ).split(' '),
);

/** Symbols and the words that they stand for; a symbol is read as the first of them. */
export const SYMBOLS: readonly (readonly [symbol: string, words: readonly string[]])[] = [
  ['↹', ['input', 'data', 'source', 'feed', 'stream']],
  ['⊕', ['process', 'analyze', 'transform', 'compute', 'calculate']],
  ['Σ', ['output', 'result', 'generate', 'produce', 'return']],
  ['•', ['and', 'with', 'plus', 'combined']],
  ['=>', ['to', 'into', 'become', 'convert']],
];

/** Phrases and what the strategy called “logarithmic” writes for them; the longer ones come first. */
export const PHRASES: readonly (readonly [written: string, phrases: readonly string[]])[] = [
  ['↹data', ['input data', 'data input']],
  ['↹user', ['user input']],
  ['↹system', ['system input']],
  ['↹file', ['file input']],
  ['⊕data', ['process data', 'analyze data']],
  ['⊕results', ['compute results']],
  ['⊕values', ['calculate values']],
  ['⊕input', ['transform input']],
  ['Σresults', ['output results', 'return results']],
  ['Σ', ['generate output']],
  ['Σdisplay', ['display output']],
  ['Σfile', ['write to file']],
  ['NLP', ['natural language processing']],
  ['ML', ['machine learning']],
  ['AI', ['artificial intelligence']],
  ['DL', ['deep learning']],
  ['NN', ['neural network']],
  ['DBMS', ['database management system']],
  ['API', ['application programming interface']],
  ['GUI', ['graphical user interface']],
  ['CLI', ['command line interface']],
  ['OS', ['operating system']],
  ['≡', ['is defined as', 'is equivalent to', 'is the same as', 'means']],
  ['∴', ['as a result', 'therefore', 'hence', 'consequently']],
  ['∀', ['for all', 'all', 'every', 'each']],
  ['∃', ['there exists', 'at least one', 'some', 'exists']],
  ['⊂', ['subset of', 'included in', 'part of', 'contained in']],
  ['→', ['flow', 'sequence', 'steps', 'pipeline']],
  ['/', ['divided by']],
  ['>', ['greater than']],
  ['<', ['less than']],
  ['=', ['equal to']],
  ['^', ['power of']],
  ['+', ['plus']],
  ['-', ['minus']],
  ['*', ['times']],
  ['•', ['and']],
  ['|', ['or', 'else']],
  ['!', ['not']],
  ['?', ['if']],
  ['#', ['for', 'while', 'foreach']],
  ['@', ['iterate', 'repeat']],
  ['=>', ['to', 'into', 'from', 'convert', 'transform']],
  ...pairs(
    'database=db function=fn variable=var parameter=param argument=arg object=obj array=arr string=str number=num ' +
      'boolean=bool integer=int double=dbl character=char class=cls method=meth property=prop attribute=attr ' +
      'instance=inst implementation=impl',
  ).map(([long, short]) => [short, [long]] as const),
];

function pairs(list: string): (readonly [string, string])[] {
  return list.split(' ').map((pair) => {
    const [long = '', short = ''] = pair.split('=');
    return [long, short] as const;
  });
}
