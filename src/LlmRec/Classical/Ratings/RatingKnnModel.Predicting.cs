namespace LlmRec;

public sealed partial class RatingKnnModel
{
    private protected override Func<int, double> PredictorOf(UserContext user)
    {
        var asked = new Asked(this, user);
        return item => asked.Predict(item, null);
    }

    private protected override IEnumerable<ModelReason> PartsOf(UserContext user, int item)
    {
        var parts = new List<ModelReason>();
        new Asked(this, user).Predict(item, parts);
        return parts;
    }

    /// <summary>A user while predictions are asked for; scratch of one call.</summary>
    private sealed class Asked
    {
        private readonly RatingKnnModel _model;
        private readonly bool _known;
        private readonly double _bu, _mean, _spread;
        private readonly int[] _places;          // item-based: item → 1 + its newest place among the user's ratings
        private readonly float[] _values = [];   // item-based: the user's ratings
        private readonly double[] _likeness;     // user-based: similarity to each user
        private readonly List<(double Similarity, int Place, int Other, double Rating)> _near = [];

        public Asked(RatingKnnModel model, UserContext user)
        {
            _model = model;
            RatingRows rows = model.Rows;
            _places = model._options.ItemBased ? new int[rows.Items] : [];
            _likeness = model._options.ItemBased ? [] : new double[rows.Users];
            int self = rows.UserOf(user.Id);
            if (model._bu.Length > 0) _bu = BaselineRatingModel.UserPart(rows, user, model._options.Baselines.UserShrinkage, model._bu, model._bi);
            int[] items;
            (int[] Ids, double[] Values) row;
            if (rows.WithHistory(user) is { } all)
            {
                items = [.. all.Select(r => r.Item)];
                _values = [.. all.Select(r => r.Value)];
                row = model._options.ItemBased ? default : model._similarity.RowOf(items, _values, _bu, self);
            }
            else if (self >= 0)
            {
                items = rows.ItemsOf(self).ToArray();
                _values = rows.ValuesOf(self).ToArray();
                row = model._options.ItemBased ? default : model._rows[self];
            }
            else
            {
                return;
            }
            _known = true;
            if (!model._options.ItemBased)
            {
                (_mean, _spread) = model.Spread(_values);
                for (int k = 0; k < row.Ids.Length; k++) _likeness[row.Ids[k]] = row.Values[k];
                return;
            }
            for (int k = 0; k < items.Length; k++) _places[items[k]] = k + 1;
        }

        public double Predict(int item, List<ModelReason>? parts)
        {
            RatingRows rows = _model.Rows;
            RatingKnnOptions options = _model._options;
            bool baseline = options.Method == RatingKnnMethod.Baseline;
            double start = rows.Mean;
            if (baseline)
            {
                start += _bu + (item < 0 ? 0 : _model._bi[item]);
                parts?.AddRange([new("mean", (float)rows.Mean), new("user", (float)_bu), new("item", item < 0 ? 0 : (float)_model._bi[item])]);
            }
            if (item < 0 || !_known)
            {
                if (!baseline) parts?.Add(new("mean", (float)start));
                return start;
            }
            (double mean, double spread) = options.ItemBased ? (_model._means[item], _model._deviations[item]) : (_mean, _spread);
            if (options.Method is RatingKnnMethod.WithMeans or RatingKnnMethod.WithZScore) start = mean;
            if (options.Method != RatingKnnMethod.WithZScore) spread = 1;
            FindNearest(item);
            double weights = 0, sum = 0;
            foreach ((double similarity, _, _, _) in _near) weights += similarity;
            if (weights > 0 && options.Method == RatingKnnMethod.Basic) start = 0;
            else if (!baseline) parts?.Add(new(options.Method == RatingKnnMethod.Basic ? "mean" : options.ItemBased ? "item" : "user", (float)start));
            if (!(weights > 0)) return start;
            double users = 0;
            foreach ((double similarity, _, int other, double rating) in _near)
            {
                double rest = options.Method switch
                {
                    RatingKnnMethod.Basic => rating,
                    RatingKnnMethod.WithMeans => rating - _model._means[other],
                    RatingKnnMethod.WithZScore => (rating - _model._means[other]) / _model._deviations[other],
                    _ => rating - rows.Mean - (options.ItemBased ? _bu + _model._bi[other] : _model._bu[other] + _model._bi[item]),
                };
                double part = similarity * rest / weights * spread;
                sum += similarity * rest;
                if (options.ItemBased) parts?.Add(ModelReason.Of(_model.IdOf(other), part));
                else users += part;
            }
            if (!options.ItemBased) parts?.Add(new("similar users", (float)users));
            return start + sum / weights * spread;
        }

        /// <summary>The neighbours who speak, nearest first, ties in the order of their ratings' arrival.</summary>
        private void FindNearest(int item)
        {
            _near.Clear();
            if (_model._options.ItemBased)
            {
                (int[] ids, double[] values) = _model._rows[item];
                for (int k = 0; k < ids.Length; k++)
                    if (_places[ids[k]] is > 0 and int place) _near.Add((values[k], place, ids[k], _values[place - 1]));
            }
            else
            {
                ReadOnlySpan<int> raters = _model._byItem.OthersOf(item);
                ReadOnlySpan<float> ratings = _model._byItem.ValuesOf(item);
                for (int k = 0; k < raters.Length; k++)
                    if (_likeness[raters[k]] is > 0 and var similarity) _near.Add((similarity, k, raters[k], ratings[k]));
            }
            _near.Sort(static (a, b) => a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : a.Place.CompareTo(b.Place));
            if (_near.Count > _model._options.Neighbours) _near.RemoveRange(_model._options.Neighbours, _near.Count - _model._options.Neighbours);
        }
    }
}
