namespace SdssClassifier.Catalogue;

/// <summary>Finds the catalogue that the options name, or draws one.</summary>
internal static class CatalogueFile
{
    private static readonly string[] s_places = ["dr17.csv.gz", "dr17.csv", "sdss/dr17.csv.gz", "sdss/dr17.csv"];

    /// <summary>The file in or under <paramref name="data"/>; null when no data is named.</summary>
    /// <exception cref="FileNotFoundException">Data is named and there is no catalogue.</exception>
    public static string? Find(string? data)
    {
        if (string.IsNullOrEmpty(data))
            return null;
        if (File.Exists(data))
            return Path.GetFullPath(data);
        string? found = s_places.Select(place => Path.Combine(data, place)).FirstOrDefault(File.Exists);
        return found is not null
            ? Path.GetFullPath(found)
            : throw new FileNotFoundException(
                $"No catalogue at '{data}': name a CSV file with u,g,r,i,z,redshift,class, or a folder with "
                + $"{string.Join(" or ", s_places)}.");
    }
}
