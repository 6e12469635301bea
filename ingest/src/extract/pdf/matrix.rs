//! Affine maps as PDF writes them: `[a b c d e f]` (ISO 32000-1, 8.3.3).

/// First come where the unit vectors go, then where the origin goes.
pub(super) type Matrix = [f32; 6];

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `inner`, then `outer`.
pub(super) fn concat(inner: Matrix, outer: Matrix) -> Matrix {
    let turn = |x: f32, y: f32| [x * outer[0] + y * outer[2], x * outer[1] + y * outer[3]];
    let (right, up, origin) = (turn(inner[0], inner[1]), turn(inner[2], inner[3]), turn(inner[4], inner[5]));
    [right[0], right[1], up[0], up[1], origin[0] + outer[4], origin[1] + outer[5]]
}

/// Where a point goes.
pub(super) fn apply(matrix: Matrix, x: f32, y: f32) -> (f32, f32) {
    let moved = concat([1.0, 0.0, 0.0, 1.0, x, y], matrix);
    (moved[4], moved[5])
}
