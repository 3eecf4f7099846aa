interface Props {
  readonly count: number;
}

/** Still shapes in the geometry of the rows that come. Its style shows nothing for the first 200 ms. */
export function SkeletonRows({ count }: Props) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        <div class="skeleton-row" key={at}>
          <span class="skeleton-avatar" />
          <span class="skeleton-line skeleton-name" />
          <span class="skeleton-line" />
        </div>
      ))}
    </div>
  );
}

const widths = ["skeleton-long", "skeleton-short", "skeleton-medium"];

/** The same for messages: at the bottom, where the newest will stand. */
export function SkeletonMessages() {
  return (
    <div class="skeleton skeleton-messages" aria-hidden="true">
      {Array.from({ length: 9 }, (_, at) => (
        <div class="skeleton-row" key={at}>
          <span class="skeleton-avatar" />
          <span class="skeleton-line skeleton-name" />
          <span class={`skeleton-line ${widths[at % widths.length]}`} />
        </div>
      ))}
    </div>
  );
}
