// What the officer hears and feels without looking: one high, two middle, three low.
const TONES = { green: [[1320, 0.12]], amber: [[660, 0.14], [660, 0.14]], red: [[220, 0.3], [220, 0.3], [220, 0.3]] };
const BUZZES = { green: [60], amber: [120, 80, 120], red: [300, 100, 300, 100, 300] };
const PAUSE = 0.07;
let sound = null;
let lock = null;

export function signal(colour) {
  navigator.vibrate?.(BUZZES[colour]);
  sound ??= "AudioContext" in window ? new AudioContext() : null;
  if (sound?.state !== "running") return;
  let start = sound.currentTime;
  for (const [pitch, seconds] of TONES[colour]) {
    const tone = sound.createOscillator();
    tone.frequency.value = pitch;
    tone.type = colour === "red" ? "square" : "sine";
    tone.connect(sound.destination);
    tone.start(start);
    tone.stop(start + seconds);
    start += seconds + PAUSE;
  }
}

// Browsers let a page sound after the first touch, and keep the screen on while seen.
export function keepAwake() {
  addEventListener("pointerdown", () => {
    sound ??= "AudioContext" in window ? new AudioContext() : null;
    sound?.resume();
  });
  const ask = async () => {
    if (document.hidden || !navigator.wakeLock) return;
    lock = await navigator.wakeLock.request("screen").catch(() => lock);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
