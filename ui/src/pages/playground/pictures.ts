import type { Picture } from './conversation';

/** What the service takes at a web chat: these kinds, this large, this many a request. */
const KINDS = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/bmp'];
const LARGEST = 10 * 1024 * 1024;
export const MOST = 10;

export const ACCEPT = KINDS.join(',');

export type PictureFault = 'kind' | 'large' | 'unreadable';

/** Reads files as pictures; those that are none are named with the reason. */
export async function readPictures(
  files: readonly File[],
): Promise<{ pictures: Picture[]; faults: { name: string; fault: PictureFault }[] }> {
  const pictures: Picture[] = [];
  const faults: { name: string; fault: PictureFault }[] = [];
  for (const file of files) {
    const fault = wrong(file);
    if (fault !== null) faults.push({ name: file.name, fault });
    else {
      try {
        pictures.push({ name: file.name, bytes: file.size, url: await dataUrl(file) });
      } catch {
        faults.push({ name: file.name, fault: 'unreadable' });
      }
    }
  }
  return { pictures, faults };
}

function wrong(file: File): PictureFault | null {
  if (!KINDS.includes(file.type)) return 'kind';
  return file.size > LARGEST ? 'large' : null;
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
