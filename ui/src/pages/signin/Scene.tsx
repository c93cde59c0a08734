const WIDTH = 1400;
const WATER = 320;
const COUNT = 11;

/** A long bridge of many arches over still water: the middle ones are the highest, as in the old gardens of the north. */
export function Scene() {
  const arches = openings();
  return (
    <svg class="scene" viewBox={`0 0 ${WIDTH} 460`} preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <circle class="scene-sun" cx="1090" cy="96" r="40" />
      <path
        class="scene-hill"
        d="M0 210C110 150 230 120 380 168 520 212 620 176 740 132 900 74 1040 118 1150 162 1250 200 1330 190 1400 168V320H0Z"
      />
      <path
        class="scene-hill scene-hill-near"
        d="M0 262C170 222 320 236 470 256 640 278 760 226 940 238 1120 250 1240 272 1400 244V320H0Z"
      />
      <path class="scene-stone" d={stone(arches)} fill-rule="evenodd" />
      <path class="scene-deck" d={line(0)} />
      <path class="scene-rail" d={line(16) + posts()} />
      <path class="scene-arch" d={arches.map(arch => archOf(arch)).join('')} />
      <path class="scene-mirror" d={arches.map(mirror).join('')} />
      <path
        class="scene-water"
        d="M0 326H1400M90 352h150M420 366h240M820 350h130M1080 372h210M230 396h180M610 412h310M1010 430h120M120 436h130"
      />
    </svg>
  );
}

interface Arch {
  x: number;
  half: number;
}

function deck(x: number): number {
  const away = (x - WIDTH / 2) / (WIDTH / 2);
  return 236 - 104 * (1 - away * away) ** 1.35;
}

/** Wider towards the middle; together they fill what lies between the banks. */
function openings(): Arch[] {
  const sizes = Array.from(
    { length: COUNT },
    (_, index) => 1 - 0.62 * (Math.abs(index - (COUNT - 1) / 2) / (COUNT / 2)),
  );
  const unit = (WIDTH - 260) / sizes.reduce((all, size) => all + size, 0);
  let from = 130;
  return sizes.map(size => {
    const x = from + (size * unit) / 2;
    from += size * unit;
    return { x, half: (size * unit) / 2 - 5 };
  });
}

function archOf({ x, half }: Arch): string {
  const high = Math.min(half, WATER - deck(x) - 20);
  return `M${x - half} ${WATER}v${-(WATER - deck(x) - 20 - high)}a${half} ${high} 0 0 1 ${2 * half} 0V${WATER}`;
}

function mirror({ x, half }: Arch): string {
  const deep = (WATER - deck(x) - 20) * 0.52;
  return `M${x - half} ${WATER + 10}a${half} ${deep} 0 0 0 ${2 * half} 0`;
}

function line(above: number): string {
  const points = Array.from({ length: 57 }, (_, index) => index * 25);
  return `M${points.map(x => `${x} ${(deck(x) - above).toFixed(1)}`).join('L')}`;
}

function posts(): string {
  return Array.from(
    { length: 57 },
    (_, index) => `M${index * 25} ${(deck(index * 25) - 18).toFixed(1)}v18`,
  ).join('');
}

function stone(arches: Arch[]): string {
  return `${line(0)}V${WATER}H0Z${arches.map(arch => `${archOf(arch)}Z`).join('')}`;
}
