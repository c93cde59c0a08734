/** A bridge over still water, in ink. */
export function Scene() {
  const arches = [120, 290, 460, 630, 800, 970];
  return (
    <svg class="scene" viewBox="0 0 1200 420" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <path
        class="scene-hill"
        d="M0 190c120-70 210-90 330-40 100 42 190 10 290-35 130-58 240-20 330 20 90 38 170 30 250-5v110H0z"
      />
      <path
        class="scene-hill scene-hill-near"
        d="M0 232c150-40 260-28 380-6 140 26 280-30 430-18 150 12 260 30 390 4v40H0z"
      />
      <circle class="scene-sun" cx="930" cy="86" r="34" />
      <path class="scene-deck" d="M40 236h1120" />
      <path class="scene-rail" d="M40 216h1120" />
      {Array.from({ length: 33 }, (_, post) => (
        <path key={post} class="scene-rail" d={`M${56 + post * 34} 216v20`} />
      ))}
      {arches.map(x => (
        <path key={x} class="scene-arch" d={`M${x - 20} 330v-12a78 78 0 0 1 156 0v12`} />
      ))}
      {arches.map(x => (
        <path key={`w${x}`} class="scene-mirror" d={`M${x - 20} 344v8a78 56 0 0 0 156 0v-8`} />
      ))}
      <path
        class="scene-water"
        d="M60 337h170M300 337h300M690 337h430M140 372h120M520 384h210M860 368h160M330 402h140M760 408h180"
      />
    </svg>
  );
}
